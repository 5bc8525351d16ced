#!/bin/sh
# What the platform needs of a PostgreSQL, as the job `postgres-roles` makes it at every start: Airflow's database, and the
# warehouse's where TELAR_WAREHOUSE_URL names this server. On an existing volume it changes nothing but the passwords.
#
# Server and admin: PGHOST, PGPORT (5432), PGUSER (postgres). Passwords: the files telar_db_*_password of
# TELAR_SECRETS_FOLDER (/run/secrets).
set -eu

here=$(dirname "$0")
secrets=${TELAR_SECRETS_FOLDER:-/run/secrets}
export PGHOST PGPORT="${PGPORT:-5432}" PGUSER="${PGUSER:-postgres}" PGCONNECT_TIMEOUT="${PGCONNECT_TIMEOUT:-10}"
for role in AIRFLOW OWNER PIPELINE INFERENCE READER; do
  export "TELAR_DB_${role}_PASSWORD_FILE=$secrets/telar_db_$(printf %s "$role" | tr A-Z a-z)_password"
done
PGPASSWORD=$(cat "$secrets/telar_db_admin_password")
export PGPASSWORD

fail() { printf '%s\n' "$@" >&2; exit 1; }
if ! answer=$(psql --no-psqlrc --no-password --quiet --dbname postgres --command 'SELECT 1' 2>&1); then
  case $answer in
    *'authentication failed'*) fail \
      "PostgreSQL at $PGHOST refuses the admin's password: its data is of an installation with another .env." \
      'Nothing was changed. There are two ways out:' \
      '  - put the .env of that installation back, and run `make up` again;' \
      '  - or delete its data for good with `make destroy`, and run `make up` again.' ;;
    *) fail "PostgreSQL at $PGHOST, port $PGPORT, is away, so its roles were not made: start it, then run this again." \
      "$answer" ;;
  esac
fi

# scheme://user@host:port/database?options
url=${TELAR_WAREHOUSE_URL:-}
place=${url#*://} place=${place##*@} place=${place%%\?*} database=
case $url in postgres*)
  if [ "${place%%[:/]*}" = "$PGHOST" ]; then
    case $place in
      */?*) database=${place#*/} ;;
      *) fail "TELAR_WAREHOUSE_URL names no database: write postgresql://$PGHOST:$PGPORT/batches_db" ;;
    esac
  fi
esac

sh "$here/airflow.sh"
if [ -n "$database" ]; then TELAR_WAREHOUSE_DATABASE=$database sh "$here/warehouse.sh"; fi
echo "PostgreSQL at $PGHOST has the databases airflow${database:+, $database} and their roles."
