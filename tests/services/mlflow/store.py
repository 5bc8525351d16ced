"""The object store in a container, hardened as in Compose, and its set-up by the image's own client."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import requests

from tests.services.mlflow.server import PROJECT

IMAGE = re.search(r"TELAR_MINIO_IMAGE:-([^}]+)", (PROJECT / "docker-compose.yaml").read_text())[1]  # type: ignore[index]
ROOT, ROOT_PASSWORD = "telar-admin", 'root\'s "password" \\ % $HOME'
START_SECONDS = 60.0


class NoDocker(Exception):
    """No engine that could run the image; the text says why."""


@dataclass(frozen=True)
class Store:
    """A running object store; ``secrets`` is what its jobs find in /run/secrets."""

    container: str
    url: str
    secrets: Path

    def set_up(self, secret_key: str) -> subprocess.CompletedProcess[str]:
        """The job `minio-bucket`."""
        (self.secrets / "telar_s3_secret_key").write_text(secret_key)
        command = ["docker", "run", "--rm", f"--network=container:{self.container}", *_hardened(self.secrets)]
        command += [f"--volume={PROJECT / 'minio'}:/minio:ro", "--env=TELAR_S3_URL=http://127.0.0.1:9000"]
        command += ["--entrypoint=sh", IMAGE, "/minio/setup.sh"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def client(self, user: str, secret: str) -> Any:  # noqa: ANN401
        """boto3's, as that user."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=user,
            aws_secret_access_key=secret,
        )


@contextmanager
def running_store(secrets: Path) -> Iterator[Store]:
    """An empty store whose data lies in memory.

    Raises:
        NoDocker: there is no Docker that runs the image.
    """
    (secrets / "telar_minio_root_password").write_text(ROOT_PASSWORD)
    container = _docker(
        *("run", "--detach", "--rm", "--label=telar.test", "--publish=127.0.0.1:0:9000", *_hardened(secrets)),
        *("--tmpfs=/data:uid=1000,gid=1000", f"--env=MINIO_ROOT_USER={ROOT}", "--env=MINIO_UPDATE=off"),
        *("--env=MINIO_ROOT_PASSWORD_FILE=/run/secrets/telar_minio_root_password", IMAGE, "server", "/data"),
    )
    try:
        url = f"http://{_docker('port', container, '9000/tcp').splitlines()[0]}"
        _wait(url)
        yield Store(container, url, secrets)
    finally:
        _docker("rm", "--force", "--volumes", container)


def _hardened(secrets: Path) -> list[str]:
    return [
        *("--user=1000:1000", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges:true"),
        *("--tmpfs=/tmp", f"--volume={secrets}:/run/secrets:ro"),
    ]


def _docker(*words: str) -> str:
    if not shutil.which("docker"):
        raise NoDocker("there is no docker command")
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        raise NoDocker(f"docker {words[0]} failed: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout.strip()


def _wait(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{url}/minio/health/ready", timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError(f"the object store at {url} was not ready within {START_SECONDS} s")
