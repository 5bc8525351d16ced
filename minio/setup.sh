#!/bin/sh
# The bucket of MLflow's artifacts, and a user who may work in it and in nothing else, as the job `minio-bucket` makes
# them at every start with the `mc` of the server's image. Run again, it changes nothing but the user's secret.
#
# TELAR_S3_URL, TELAR_S3_BUCKET, TELAR_S3_ACCESS_KEY; secrets: the files telar_minio_root_password and telar_s3_secret_key
# of TELAR_SECRETS_FOLDER (/run/secrets). Nothing secret becomes an argument. The image has no sed, grep or awk.
set -eu

here=$(dirname "$0")
secrets=${TELAR_SECRETS_FOLDER:-/run/secrets}
url=${TELAR_S3_URL:-http://minio:9000}
bucket=${TELAR_S3_BUCKET:-mlflows3}
user=${TELAR_S3_ACCESS_KEY:-mlflow}
export MC_CONFIG_DIR="${MC_CONFIG_DIR:-/tmp/mc}"
umask 077

quietly() {
  if ! answer=$("$@" 2>&1); then
    printf '%s\n' "The object store at $url, $what: $answer" >&2
    exit 1
  fi
}
what='login as telar-admin (password: TELAR_MINIO_ROOT_PASSWORD of .env)'
printf 'telar-admin\n%s\n' "$(cat "$secrets/telar_minio_root_password")" >/tmp/login
quietly mc alias set store "$url" </tmp/login

what="bucket $bucket"
quietly mc mb --ignore-existing "store/$bucket"

what="policy of user $user"
policy=$(cat "$here/mlflow-policy.json")
while case $policy in *BUCKET*) ;; *) false ;; esac; do
  policy="${policy%%BUCKET*}$bucket${policy#*BUCKET}"
done
printf '%s\n' "$policy" >/tmp/policy.json
quietly mc admin policy create store "$user" /tmp/policy.json

what="user $user"
printf '%s\n%s\n' "$user" "$(cat "$secrets/telar_s3_secret_key")" >/tmp/login
quietly mc admin user add store </tmp/login
quietly mc --json admin user info store "$user"
case $answer in
  *'"policyName":'*"$user"*) ;; # a second time, it would be an error
  *) quietly mc admin policy attach store "$user" --user "$user" ;;
esac
echo "The object store at $url has the bucket $bucket, and the user $user for it alone."
