"""Asks MLflow whether it works: its database, then its object store; for its healthcheck, which runs this file.

`/health` answers 200 without either. Standard library only, nothing of Telar: Docker asks every few seconds.
"""

import base64
import http.client
import json
import os
import sys
from pathlib import Path

SECONDS = 4.0
READER = "telar-reader"
PASSWORD = Path("/run/secrets/telar_mlflow_reader_password")
QUESTIONS = {
    "its database": "/api/2.0/mlflow/experiments/search?max_results=1",
    # A folder that nobody makes: an empty list costs the store 1 ms.
    "its object store": "/api/2.0/mlflow-artifacts/artifacts?path=telar-health",
}


def main(port: int, password: str) -> None:
    """Exit with 1 and a line that names what does not answer, unless all does."""
    login = base64.b64encode(f"{READER}:{password}".encode()).decode()
    for what, path in QUESTIONS.items():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        try:
            connection.request("GET", path, headers={"Authorization": f"Basic {login}"})
            answer = connection.getresponse()
            body = answer.read()
        except OSError as error:
            sys.exit(f"mlflow: {what} did not answer: {type(error).__name__}: {error}")
        if answer.status != http.client.OK:
            sys.exit(f"mlflow: {what}: {answer.status} {_reason(body)}")


def _reason(body: bytes) -> str:
    """The first words of what the server said."""
    try:
        told = json.loads(body)["message"]
    except (ValueError, LookupError, TypeError):
        told = body.decode(errors="replace")
    return " ".join(str(told).split())[:300]


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if sys.argv[1:] else 5000,
        os.environ.get("TELAR_MLFLOW_READER_PASSWORD") or PASSWORD.read_text(encoding="utf-8").rstrip("\r\n"),
    )
