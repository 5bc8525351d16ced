"""The containers' healthcheck passes for the service itself, and for nothing else that answers on its port."""

import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from services import healthy
from services.inference.main import build_app
from services.inference.parts import Settings
from telar.settings import InferenceSettings, MlflowSettings, UseCaseSettings, WarehouseSettings
from tests.support.answering import Said, answering
from tests.support.data_api_server import run_data_api
from tests.support.ports import free_port
from tests.support.serving import serving

PROJECT = Path(__file__).resolve().parents[2]
COST_SECONDS = 0.060
START_SECONDS = 30.0


def _check(name: str, port: int) -> subprocess.CompletedProcess[str]:
    """As the container's healthcheck does: another interpreter, without site-packages."""
    command = [sys.executable, "-IS", "services/healthy.py", name, str(port)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=20)


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


def _refusal(name: str, port: int, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        healthy.main(name, str(port))
    assert capsys.readouterr().out == ""
    return str(ended.value)


def test_inference_is_well_although_database_and_mlflow_are_away(tmp_path: Path) -> None:
    away = f"127.0.0.1:{free_port()}"
    settings = Settings(
        WarehouseSettings(url=SecretStr(f"postgresql://u:p@{away}/batches_db")),
        MlflowSettings(url=f"http://{away}", timeout_seconds=2),
        InferenceSettings(model_folder=tmp_path, watch_seconds=3600),
        UseCaseSettings(default_use_case="tiny"),
    )
    with serving(build_app(lambda: settings)) as url:
        done = _check("inference", _port(url))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_data_api_is_well_until_it_hangs(tmp_path: Path) -> None:
    with run_data_api(tmp_path) as api:
        assert _check("data-api", api.port).returncode == 0
        assert api.process is not None
        api.process.send_signal(signal.SIGSTOP)
        try:
            done = _check("data-api", api.port)
        finally:
            api.process.send_signal(signal.SIGCONT)
    assert done.returncode == 1
    assert "TimeoutError" in done.stderr


def test_the_portal_is_well_as_streamlit_serves_it(tmp_path: Path) -> None:
    port = free_port()
    where = ["--server.address", "127.0.0.1", "--server.port", str(port), "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", "run", "services/portal/app.py", *where]
    with (tmp_path / "log").open("wb") as log, subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log) as portal:
        try:
            deadline = time.monotonic() + START_SECONDS
            while (done := _check("portal", port)).returncode:
                assert portal.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < deadline, done.stderr
        finally:
            portal.terminate()


@pytest.mark.parametrize("name", healthy.CHECKS)
@pytest.mark.parametrize("body", ["<html>hello</html>", "[]", '{"status": "ok"}', "", '{"parts": []}'])
def test_another_program_on_the_port_is_not_the_service(
    name: str, body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering({healthy.CHECKS[name][1]: Said(body)}) as server:
        assert _refusal(name, _port(server.url), capsys).startswith(f"{name}: ")


def test_its_own_body_with_another_status_is_not_well(capsys: pytest.CaptureFixture[str]) -> None:
    with answering({"/_stcore/health": Said("ok", 503)}) as server:
        assert "503" in _refusal("portal", _port(server.url), capsys)


def test_a_port_that_nobody_listens_on_is_not_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert "ConnectionRefusedError" in _refusal("portal", free_port(), capsys)


@pytest.mark.parametrize("piece", [b"o", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + b" " * 5000])
def test_an_answer_that_never_ends_is_cut_off(
    piece: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(healthy, "SECONDS", 0.3)
    with _endless(piece) as port:
        assert _refusal("portal", port, capsys)


def test_a_check_costs_less_than_60_ms_of_the_processor() -> None:
    with answering({"/_stcore/health": Said("ok")}) as server:
        assert min(_cost(_port(server.url)) for _ in range(5)) < COST_SECONDS


def _cost(port: int) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert _check("portal", port).returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@contextmanager
def _endless(piece: bytes) -> Iterator[int]:
    """A server that sends ``piece`` again and again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_send_on, args=(listener, piece))
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def _send_on(listener: socket.socket, piece: bytes) -> None:
    connection, _ = listener.accept()
    pause = threading.Event()
    with connection:
        try:
            while not pause.wait(0.01):
                connection.sendall(piece)
        except OSError:
            return  # the asker has had enough
