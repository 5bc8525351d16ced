#!/bin/sh
# What the platform needs of a MySQL, as the job `mysql-roles` makes it at every start: MLflow's database where
# TELAR_MLFLOW_DATABASE_URL names this server, the warehouse's where TELAR_WAREHOUSE_URL does. On an existing volume it
# changes nothing but the passwords.
#
# Server: MYSQL_HOST, MYSQL_TCP_PORT (3306), its admin root. Passwords: the files telar_db_*_password of
# TELAR_SECRETS_FOLDER (/run/secrets).
set -eu

here=$(dirname "$0")
secrets=${TELAR_SECRETS_FOLDER:-/run/secrets}
export MYSQL_HOST MYSQL_TCP_PORT="${MYSQL_TCP_PORT:-3306}" MYSQL_ROOT_PASSWORD_FILE="$secrets/telar_db_admin_password"
for role in MLFLOW OWNER PIPELINE INFERENCE READER; do
  export "TELAR_DB_${role}_PASSWORD_FILE=$secrets/telar_db_$(printf %s "$role" | tr A-Z a-z)_password"
done
password=$(cat "$MYSQL_ROOT_PASSWORD_FILE")

fail() { printf '%s\n' "$@" >&2; exit 1; }
if ! answer=$(MYSQL_PWD=$password mysql --user=root --connect-timeout=10 --execute 'SELECT 1' 2>&1); then
  case $answer in
    *'ERROR 1045'*) fail \
      "MySQL at $MYSQL_HOST refuses the admin's password: its data is of an installation with another .env." \
      'Nothing was changed. There are two ways out:' \
      '  - put the .env of that installation back, and run `make up` again;' \
      '  - or delete its data for good with `make destroy`, and run `make up` again.' ;;
    *) fail "MySQL at $MYSQL_HOST, port $MYSQL_TCP_PORT, is away, so its users were not made: start it, then run this again." \
      "$answer" ;;
  esac
fi

# Whether the URL $1 (scheme://user@host:port/database?options) names this server; its database is put into $database.
here_by() {
  case $1 in mysql*) ;; *) return 1 ;; esac
  place=${1#*://} place=${place##*@} place=${place%%\?*} database=${place#*/}
  [ "${place%%[:/]*}" = "$MYSQL_HOST" ]
}
warehouse=
if here_by "${TELAR_WAREHOUSE_URL:-}"; then
  case $database in
    *OPS) warehouse=$database ;;
    *) fail "TELAR_WAREHOUSE_URL must end in the database OPS on MySQL, or in one that ends in OPS" ;;
  esac
fi

made=
if here_by "${TELAR_MLFLOW_DATABASE_URL:-mysql://mysql:3306/mlflow}"; then
  sh "$here/mlflow.sh"
  made=mlflow
fi
if [ -n "$warehouse" ]; then
  TELAR_WAREHOUSE_PREFIX=${warehouse%OPS} sh "$here/warehouse.sh"
  made="${made:+$made, }$warehouse (with RAW_DATA and CLEAN_DATA)"
fi
echo "MySQL at $MYSQL_HOST has the databases ${made:-it had} and their users."
