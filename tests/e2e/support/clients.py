"""The command-line clients that people use, and the object store's API."""

from typing import Any

import boto3  # type: ignore[import-untyped]  # it has no stubs
from botocore.config import Config  # type: ignore[import-untyped]  # it has no stubs

from tests.e2e.support.stack import Done, Stack

BUCKET = "mlflows3"


def psql(stack: Stack, statement: str, password: str | None = None) -> Done:
    """The statement as `batchuser`, over TCP: by its own address the image lets everybody in, by its name nobody."""
    login = f"PGPASSWORD={password or stack.env['TELAR_DB_PIPELINE_PASSWORD']}"
    client = ("psql", "-h", "postgres", "-U", "batchuser", "-d", "batches_db", "-c", statement)
    return stack.try_compose("exec", "-T", "-e", login, "postgres", *client)


def mysql(stack: Stack, statement: str, password: str | None = None) -> Done:
    """The same with MySQL's client."""
    login = f"MYSQL_PWD={password or stack.env['TELAR_DB_PIPELINE_PASSWORD']}"
    client = ("mysql", "-h", "mysql", "-u", "batchuser", "-D", "OPS", "-t", "-e", statement)
    return stack.try_compose("exec", "-T", "-e", login, "mysql", *client)


def answered(done: Done) -> str:
    """What a client printed; AssertionError where it failed."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def postgres_as_admin(stack: Stack, statement: str, database: str = "postgres") -> str:
    """What PostgreSQL answers its admin, unaligned, a row each line."""
    client = ("psql", "-U", "postgres", "-d", database, "-At", "-c", statement)
    return stack.compose("exec", "-T", "postgres", *client)


def object_store(stack: Stack) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    """A client of the object store as MLflow's user, on loopback."""
    return boto3.client(
        "s3",
        endpoint_url=stack.url("MINIO"),
        aws_access_key_id="mlflow",
        aws_secret_access_key=stack.env["TELAR_S3_SECRET_KEY"],
        region_name="us-east-1",
        config=Config(retries={"max_attempts": 2}, connect_timeout=5, read_timeout=20),
    )


def stored_objects(stack: Stack) -> list[str]:
    """The keys in MLflow's bucket."""
    pages = object_store(stack).get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return [each["Key"] for page in pages for each in page.get("Contents", [])]
