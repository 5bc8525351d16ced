"""Logs stay within an age and a size; what a running task writes to is left alone."""

import os
import time
from pathlib import Path

import pytest

from services.airflow.groom_logs import DAY_SECONDS, Limits, NotAllowed, Swept, sweep

NOW = time.time()
HOUR = 3_600
ENDLESS = Limits(seconds=30 * DAY_SECONDS, bytes=1e12)


def log(folder: Path, name: str, age: float, size: int = 10) -> Path:
    """A log of ``size`` bytes, written to ``age`` seconds ago, in folders as old."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"." * size)
    for each in (path, *path.parents):
        if each == folder:
            break
        os.utime(each, (NOW - age, NOW - age))
    return path


def left(folder: Path) -> set[str]:
    """What is left below the folder: files, links and empty folders."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir() or not any(path.iterdir())}


def test_logs_of_tasks_and_of_the_dag_processor_go_when_they_are_too_old(tmp_path: Path) -> None:
    log(tmp_path, "dag_id=a/run_id=1/task_id=fetch/attempt=1.log", 31 * DAY_SECONDS, size=700)
    log(tmp_path, "dag_processor/2026-10-01/dags-folder/telar_dags.py.log", 40 * DAY_SECONDS)
    log(tmp_path, "dag_id=a/run_id=2/task_id=fetch/attempt=1.log", 29 * DAY_SECONDS, size=5)
    assert sweep(tmp_path, ENDLESS, NOW) == Swept(files=2, bytes=710, left=5)
    assert {path.parts[-3] for path in tmp_path.rglob("*.log")} == {"run_id=2"}


def test_what_is_too_large_together_loses_its_oldest_files_only(tmp_path: Path) -> None:
    for hours in (2, 3, 4, 5):
        log(tmp_path, f"{hours}.log", hours * HOUR, size=100)
    assert sweep(tmp_path, Limits(seconds=30 * DAY_SECONDS, bytes=250), NOW) == Swept(files=2, bytes=200, left=200)
    assert left(tmp_path) == {"2.log", "3.log"}


def test_a_log_that_was_written_to_within_the_hour_is_left_however_large_it_is(tmp_path: Path) -> None:
    log(tmp_path, "running.log", HOUR / 2, size=1_000)
    log(tmp_path, "ended.log", 2 * HOUR, size=10)
    sweep(tmp_path, Limits(seconds=30 * DAY_SECONDS, bytes=100), NOW)
    assert left(tmp_path) == {"running.log"}


def test_a_folder_goes_a_day_after_its_last_log_and_never_while_it_may_be_new(tmp_path: Path) -> None:
    new = tmp_path / "dag_id=a" / "run_id=2"
    old = tmp_path / "dag_id=a" / "run_id=1" / "task_id=fetch"
    for path, age in ((old, 2 * DAY_SECONDS), (old.parent, 2 * DAY_SECONDS), (new, HOUR)):
        path.mkdir(parents=True, exist_ok=True)
        os.utime(path, (NOW - age, NOW - age))
    sweep(tmp_path, ENDLESS, NOW)
    assert new.is_dir()
    assert not old.exists()
    sweep(tmp_path, ENDLESS, NOW + 2 * DAY_SECONDS)
    assert not new.exists()
    assert tmp_path.is_dir()


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    elsewhere = log(tmp_path / "elsewhere", "kept.log", 90 * DAY_SECONDS)
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "latest").symlink_to(elsewhere.parent)
    os.utime(logs / "latest", (NOW - 40 * DAY_SECONDS,) * 2, follow_symlinks=False)
    sweep(logs, ENDLESS, NOW)
    assert elsewhere.exists()
    assert left(logs) == set()


def test_limits_are_thirty_days_and_two_gigabytes_unless_said_otherwise() -> None:
    assert Limits.read({"TELAR_LOG_DAYS": ""}) == Limits(30 * DAY_SECONDS, 2_000_000_000)
    assert Limits.read({"TELAR_LOG_DAYS": "0.5", "TELAR_LOG_MEGABYTES": "1"}) == Limits(DAY_SECONDS / 2, 1_000_000)


@pytest.mark.parametrize("wrong", ["-1", "0", "nan", "inf", "a month"])
def test_a_limit_that_is_no_positive_number_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(NotAllowed, match=f"TELAR_LOG_DAYS is '{wrong}', and must be a number above 0, such as 30"):
        Limits.read({"TELAR_LOG_DAYS": wrong})
