#!/bin/sh
# The warehouse's three databases and its users on MySQL 8.4 or later, for its admin. Run again, it changes nothing but the
# passwords.
#
# Passwords: TELAR_DB_{OWNER,PIPELINE,INFERENCE,READER}_PASSWORD, or the file that <the same name>_FILE names.
# TELAR_WAREHOUSE_PREFIX (none) stands before every database and user, so that one server can hold several warehouses.
# Server and admin: MYSQL_HOST, MYSQL_TCP_PORT and MYSQL_ROOT_PASSWORD (or _FILE). The server must run with local_infile=1.
# Tables are made by `telar migrate`.
set -eu

secret() {
  eval "value=\${$1:-}; file=\${$1_FILE:-}"
  if [ -z "$value" ] && [ -n "$file" ]; then value=$(cat "$file"); fi
  if [ -z "$value" ]; then echo "$0: set $1 or $1_FILE" >&2; exit 1; fi
}
# Not echo, which reads backslashes in some shells.
say() { printf '%s\n' "$1"; }
# A text between single quotes.
quoted() { printf %s "$value" | sed -e 's/\\/\\\\/g' -e "s/'/''/g"; }
user() {
  secret "TELAR_DB_$2_PASSWORD"
  say "CREATE USER IF NOT EXISTS '$prefix$1'@'%' IDENTIFIED BY '$(quoted)';"
  say "ALTER USER '$prefix$1'@'%' IDENTIFIED BY '$(quoted)';"
}
# In a grant on a whole database, `_` would stand for any character.
escaped() { printf %s "$prefix$1" | sed 's/_/\\_/g'; }

prefix="${TELAR_WAREHOUSE_PREFIX:-}"
work="SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, CREATE VIEW, SHOW VIEW"
statements=$(
  user telar OWNER
  user batchuser PIPELINE
  user telar_inference INFERENCE
  user telar_reader READER
  for database in RAW_DATA CLEAN_DATA OPS; do
    say "CREATE DATABASE IF NOT EXISTS \`$prefix$database\` CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;"
    say "GRANT ALL ON \`$(escaped $database)\`.* TO '${prefix}telar'@'%' WITH GRANT OPTION;"
  done
  for database in RAW_DATA CLEAN_DATA; do
    say "GRANT $work ON \`$(escaped $database)\`.* TO '${prefix}batchuser'@'%';"
    say "GRANT SELECT, SHOW VIEW ON \`$(escaped $database)\`.* TO '${prefix}telar_reader'@'%';"
  done
)
secret MYSQL_ROOT_PASSWORD
printf '%s\n' "$statements" | MYSQL_PWD=$value mysql --user=root
