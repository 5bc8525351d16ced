#!/bin/sh
# MLflow's database and its user `mlflow` on MySQL, for its admin. Run again, it changes nothing but the password.
#
# Password: TELAR_DB_MLFLOW_PASSWORD, or the file that TELAR_DB_MLFLOW_PASSWORD_FILE names.
# Server and admin: MYSQL_HOST, MYSQL_TCP_PORT and MYSQL_ROOT_PASSWORD (or _FILE). The server must run with
# --disable-log-bin or --log-bin-trust-function-creators=1, or `mlflow db upgrade` stops half-way with error 1419.
set -eu

secret() {
  eval "value=\${$1:-}; file=\${$1_FILE:-}"
  if [ -z "$value" ] && [ -n "$file" ]; then value=$(cat "$file"); fi
  if [ -z "$value" ]; then echo "$0: set $1 or $1_FILE" >&2; exit 1; fi
}
# A text between single quotes.
quoted() { printf %s "$value" | sed -e 's/\\/\\\\/g' -e "s/'/''/g"; }

secret TELAR_DB_MLFLOW_PASSWORD
statements="
  CREATE DATABASE IF NOT EXISTS mlflow CHARACTER SET utf8mb4;
  CREATE USER IF NOT EXISTS 'mlflow'@'%' IDENTIFIED BY '$(quoted)';
  ALTER USER 'mlflow'@'%' IDENTIFIED BY '$(quoted)';
  GRANT ALL ON mlflow.* TO 'mlflow'@'%';
"
secret MYSQL_ROOT_PASSWORD
printf '%s\n' "$statements" | MYSQL_PWD=$value mysql --user=root
