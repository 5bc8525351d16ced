#!/bin/sh
# Airflow's database and its owner `airflow` on PostgreSQL, for its admin. Run again, it changes nothing but the password.
#
# Password: TELAR_DB_AIRFLOW_PASSWORD, or the file that TELAR_DB_AIRFLOW_PASSWORD_FILE names.
# Server and admin: psql's own variables (PGHOST, PGUSER, PGPASSWORD, ...) or POSTGRES_USER of the image.
set -eu

if [ -z "${TELAR_DB_AIRFLOW_PASSWORD:-}" ] && [ -n "${TELAR_DB_AIRFLOW_PASSWORD_FILE:-}" ]; then
  TELAR_DB_AIRFLOW_PASSWORD=$(cat "$TELAR_DB_AIRFLOW_PASSWORD_FILE")
fi
: "${TELAR_DB_AIRFLOW_PASSWORD:?set it, or TELAR_DB_AIRFLOW_PASSWORD_FILE}"
export TELAR_DB_AIRFLOW_PASSWORD
export PGUSER="${PGUSER:-${POSTGRES_USER:-postgres}}"

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname postgres <<'SQL'
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
\getenv password TELAR_DB_AIRFLOW_PASSWORD
SELECT 'CREATE ROLE airflow LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'airflow') \gexec
ALTER ROLE airflow LOGIN PASSWORD :'password';
SELECT 'CREATE DATABASE airflow OWNER airflow TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'airflow') \gexec
REVOKE ALL ON DATABASE airflow FROM PUBLIC;
SQL
