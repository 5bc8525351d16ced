"""Secrets are made once and kept from everyone else."""

import subprocess
import sys
from pathlib import Path

import pytest

from telar import credentials
from telar.embedded import options, secrets
from telar.embedded.layout import Layout
from telar.embedded.programs import base_environment, programs, write


def test_secrets_are_made_once(layout: Layout) -> None:
    first = secrets.ensure(layout)
    assert secrets.ensure(layout) == first
    assert set(credentials.GENERATED) < set(first)
    assert len(set(first.values())) == len(first)


def test_a_secret_that_a_later_version_asks_for_is_added_and_the_others_stay(layout: Layout) -> None:
    layout.secrets.write_text("TELAR_DB_ADMIN_PASSWORD=kept\n")
    assert secrets.ensure(layout)["TELAR_DB_ADMIN_PASSWORD"] == "kept"
    assert secrets.read_file(layout) == secrets.ensure(layout)


def test_nobody_else_may_read_what_holds_a_secret(layout: Layout) -> None:
    chosen = options.load(layout)
    write(layout, programs(layout, chosen))
    for path in (layout.secrets, layout.programs):
        assert path.stat().st_mode & 0o777 == 0o600
    assert layout.home.stat().st_mode & 0o777 == 0o700


def test_a_program_gets_only_the_passwords_that_it_needs(layout: Layout) -> None:
    chosen = options.load(layout)
    secret = {chosen[name] for name in credentials.GENERATED}
    held = {
        one.name: {value for value in secret if any(value in text for text in one.environment.values())}
        for one in programs(layout, chosen)
    }
    assert held["data-api"] == set()
    assert held["postgres"] == set()
    assert held["mlflow"] == {chosen["TELAR_DB_MLFLOW_PASSWORD"]}
    assert held["inference"] == {chosen["TELAR_DB_INFERENCE_PASSWORD"], chosen["TELAR_INFERENCE_RELOAD_KEY"]}
    assert chosen["TELAR_DB_OWNER_PASSWORD"] not in set().union(*held.values())


def test_no_secret_stands_in_a_command(layout: Layout) -> None:
    chosen = options.load(layout)
    words = " ".join(word for one in programs(layout, chosen) for word in one.command)
    assert not [name for name in credentials.GENERATED if chosen[name] in words]


def test_what_is_set_outside_wins_over_the_file_and_the_file_over_the_demo(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    (layout.project / ".env").write_text("TELAR_MLFLOW_PORT=7001\nTELAR_SOURCE_WINDOW_SECONDS=9\n")
    monkeypatch.setenv("TELAR_MLFLOW_PORT", "7002")
    chosen = options.load(layout)
    assert chosen.place.mlflow_port == 7002
    assert chosen["TELAR_SOURCE_WINDOW_SECONDS"] == "9"
    assert chosen["TELAR_DATA_API_WINDOW_SECONDS"] == "5"
    assert chosen.use_case


def test_the_containers_secrets_neither_open_nor_reach_the_embedded_platform(layout: Layout) -> None:
    mine = secrets.ensure(layout)
    lines = [f"{name}=of-the-containers" for name in credentials.OF_CONTAINERS]
    (layout.project / ".env").write_text("\n".join(lines))
    chosen = options.load(layout)
    assert {name: chosen[name] for name in credentials.GENERATED} == {
        name: mine[name] for name in credentials.GENERATED
    }
    assert "of-the-containers" not in chosen.values.values()


def test_a_running_platform_keeps_its_settings(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELAR_MLFLOW_PORT", "7003")
    options.keep(layout, options.load(layout))
    monkeypatch.delenv("TELAR_MLFLOW_PORT")
    assert options.load(layout, running=True).place.mlflow_port == 7003
    assert options.load(layout).place.mlflow_port == 8084


def test_another_airflow_of_the_caller_does_not_lead_ours_astray(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("NO_PROXY", "intranet")
    environment = base_environment(layout, options.load(layout))
    assert "AIRFLOW__CORE__EXECUTOR" not in environment
    assert "PYTHONPATH" not in environment
    assert environment["NO_PROXY"] == "intranet,127.0.0.1,localhost"


def test_a_program_with_onnx_runtime_gets_no_id_of_telemetry_and_writes_nothing_below_the_callers_home(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    environment = base_environment(layout, options.load(layout))
    subprocess.run([sys.executable, "-c", "import onnxruntime"], env=environment, check=True)
    assert list(home.iterdir()) == []
    assert Path(environment["XDG_CACHE_HOME"]).is_relative_to(layout.home)
    assert list(layout.home.rglob("*onnxruntime*")) == []
