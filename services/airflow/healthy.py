"""Asks one of Airflow's services whether it is well: `python -m services.airflow.healthy NAME`, for its healthcheck.

Imports neither Airflow nor anything else that is slow, since Docker asks each service every few seconds.
"""

import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from services.airflow.secret_url import broker, database_url

SECONDS = 8
PING_SECONDS = 4
STALE_SECONDS = 30
GROOMER_STALE_SECONDS = 180
NEWEST = "SELECT max(latest_heartbeat) FROM job WHERE job_type = %s AND hostname = %s"


class Unwell(Exception):
    """The service is not well; the text says in what."""


def api_server() -> None:
    """It answers people and tasks, and its database answers it; the status of the first is 200 in either case.

    What answers tasks is built when first asked, in 3 s: here, not in the first task of the first run.
    """
    told = json.loads(_answer("/api/v2/monitor/health"))
    if (status := told["metadatabase"]["status"]) != "healthy":
        raise Unwell(f"its database is {status}")
    _answer("/execution/health")


def scheduler() -> None:
    _beats("SchedulerJob")


def dag_processor() -> None:
    _beats("DagProcessorJob")


def triggerer() -> None:
    _beats("TriggererJob")


def worker() -> None:
    """It answers through the broker; what only runs does not."""
    from celery import Celery

    name = f"celery@{socket.gethostname()}"
    with Celery(broker=broker(os.environ)) as asked:
        if not asked.control.ping(destination=[name], timeout=PING_SECONDS):
            raise Unwell(f"{name} does not answer")


def logs() -> None:
    """The groomer touches its heartbeat each minute."""
    from services.airflow.groom_logs import HEARTBEAT

    if (age := time.time() - HEARTBEAT.stat().st_mtime) > GROOMER_STALE_SECONDS:
        raise Unwell(f"its last heartbeat is {age:.0f} s old")


CHECKS: Mapping[str, Callable[[], None]] = {
    "api-server": api_server,
    "scheduler": scheduler,
    "dag-processor": dag_processor,
    "triggerer": triggerer,
    "worker": worker,
    "logs": logs,
}


def main(name: str) -> None:
    """Exit with 1 and a line that says in what it is not well, unless it is."""
    try:
        CHECKS[name]()
    except Exception as error:
        sys.exit(f"{name}: {type(error).__name__}: {error}")


def _answer(path: str) -> bytes:
    """The body of a 200 from this machine's API server."""
    port = int(os.environ.get("AIRFLOW__API__PORT", "8080"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != http.client.OK:
        raise Unwell(f"{path} answers {answer.status}: {body[:300].decode(errors='replace')}")
    return body


def _beats(job: str) -> None:
    """This machine's newest job of that type wrote a heartbeat lately; both clocks are this machine's."""
    import psycopg2

    with psycopg2.connect(database_url(os.environ), connect_timeout=SECONDS) as connection:
        cursor = connection.cursor()
        cursor.execute(NEWEST, (job, socket.gethostname()))
        (newest,) = cursor.fetchone() or (None,)
    if newest is None:
        raise Unwell(f"there is no {job} of {socket.gethostname()} in table job")
    if (age := (datetime.now(UTC) - newest).total_seconds()) > STALE_SECONDS:
        raise Unwell(f"the last heartbeat of {job} is {age:.0f} s old")


if __name__ == "__main__":
    main(sys.argv[1])
