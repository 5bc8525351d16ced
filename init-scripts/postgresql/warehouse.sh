#!/bin/sh
# The warehouse's database and roles on PostgreSQL, for its admin. Run again, it changes nothing but the passwords.
#
# Passwords: TELAR_DB_{OWNER,PIPELINE,INFERENCE,READER}_PASSWORD, or the file that <the same name>_FILE names.
# Database: TELAR_WAREHOUSE_DATABASE (batches_db). Server and admin: psql's own variables (PGHOST, PGUSER, PGPASSWORD, ...)
# or POSTGRES_USER of the image. Tables are made by `telar migrate`.
set -eu

secret() {
  eval "value=\${$1:-}; file=\${$1_FILE:-}"
  if [ -z "$value" ] && [ -n "$file" ]; then value=$(cat "$file"); fi
  if [ -z "$value" ]; then echo "$0: set $1 or $1_FILE" >&2; exit 1; fi
  export "$1=$value"
}
for role in OWNER PIPELINE INFERENCE READER; do secret "TELAR_DB_${role}_PASSWORD"; done
export TELAR_WAREHOUSE_DATABASE="${TELAR_WAREHOUSE_DATABASE:-batches_db}"
export PGUSER="${PGUSER:-${POSTGRES_USER:-postgres}}"

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname postgres <<'SQL'
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
\getenv database TELAR_WAREHOUSE_DATABASE
\getenv owner_password TELAR_DB_OWNER_PASSWORD
\getenv pipeline_password TELAR_DB_PIPELINE_PASSWORD
\getenv inference_password TELAR_DB_INFERENCE_PASSWORD
\getenv reader_password TELAR_DB_READER_PASSWORD

SELECT format('CREATE ROLE %I LOGIN', role)
FROM unnest(ARRAY['telar', 'batchuser', 'telar_inference', 'telar_reader']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
ALTER ROLE telar LOGIN PASSWORD :'owner_password';
ALTER ROLE batchuser LOGIN PASSWORD :'pipeline_password';
ALTER ROLE telar_inference LOGIN PASSWORD :'inference_password';
ALTER ROLE telar_reader LOGIN PASSWORD :'reader_password';
SET client_min_messages = warning;
GRANT batchuser TO telar;

SELECT format('CREATE DATABASE %I OWNER telar TEMPLATE template0', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO telar, batchuser, telar_inference, telar_reader;
ALTER ROLE telar IN DATABASE :"database" SET search_path = raw, clean, ops;
ALTER ROLE batchuser IN DATABASE :"database" SET search_path = raw, clean, ops;
ALTER ROLE telar_inference IN DATABASE :"database" SET search_path = raw, clean, ops;
ALTER ROLE telar_reader IN DATABASE :"database" SET search_path = raw, clean, ops;
SQL
