"""`make up`, `make down` and `make destroy` on a real engine: what comes up, what does not, and what is told."""

import re
import socket
from urllib.request import urlopen

import pytest

from tests.compose.place import Place
from tests.support.ports import free_port


def port(place: Place) -> str:
    return place.project.variables()["TELAR_PORTAL_PORT"]


def test_up_from_nothing_tells_the_address_that_answers_and_down_keeps_the_data(on_docker: Place) -> None:
    done = on_docker.run("up")
    assert done.returncode == 0, done.stderr
    address = f"http://127.0.0.1:{port(on_docker)}"
    assert re.search(rf"^Portal +{address}$", done.stdout, re.MULTILINE)
    assert urlopen(address, timeout=5).status == 200
    assert "TELAR_PUBLIC_HOST=" in done.stdout
    assert [value for value in secrets(on_docker) if value in done.stdout] == []
    before = on_docker.env.read_bytes()

    assert on_docker.run("up").returncode == 0, "a second up goes on with what runs"
    assert on_docker.env.read_bytes() == before

    down = on_docker.run("down")
    assert down.returncode == 0, down.stderr
    assert f"the data stay in the volumes {on_docker.name}_data" in down.stdout
    assert on_docker.running() == set()
    assert len(on_docker.volumes()) == 1


def secrets(place: Place) -> list[str]:
    values = place.project.read_env().values({})
    return [value for name, value in values.items() if name.endswith(("PASSWORD", "_KEY", "_SECRET"))]


def test_a_preparation_that_fails_is_named_with_what_it_said(on_docker: Place) -> None:
    done = on_docker.run("up", ROLES_EXIT="3")
    assert done.returncode == 1
    assert "postgres-roles ended with exit code 3" in done.stderr
    assert "told by the roles" in done.stderr
    assert "make up" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_service_that_is_not_healthy_is_named_with_what_its_check_said(on_docker: Place) -> None:
    done = on_docker.run("up", PORTAL_HEALTH="7")
    assert done.returncode == 1
    assert "portal runs but is not healthy; its healthcheck says: told by the check (exit code 7)" in done.stderr


def test_a_preparation_that_does_not_end_is_named(on_docker: Place) -> None:
    done = on_docker.run("up", ROLES_SLEEP="999", TELAR_WAIT_SECONDS="3")
    assert done.returncode == 1
    assert "postgres-roles has not ended yet, and others wait for it" in done.stderr
    assert "told by the roles" in done.stderr


def test_an_image_that_cannot_be_built_ends_it_with_what_the_builder_said(on_docker: Place) -> None:
    file = on_docker.folder / "docker-compose.yaml"
    file.write_text(file.read_text().replace("FROM python", "RUN nonsense\\nFROM python", 1))
    done = on_docker.run("up")
    assert done.returncode == 1
    assert "the images could not be built; nothing was started" in done.stderr
    assert "docker compose build" in done.stderr
    assert on_docker.running() == set()


def test_a_port_of_another_container_names_it_and_nothing_is_started(on_docker: Place) -> None:
    other = f"{on_docker.name}-other"
    publish = f"127.0.0.1:{port(on_docker)}:80"
    on_docker.docker(
        "run", "--detach", "--rm", "--name", other, "--publish", publish, "python:3.13-slim", "sleep", "99"
    )
    try:
        done = on_docker.run("up")
    finally:
        on_docker.docker("rm", "--force", other)
    assert done.returncode == 1
    assert f"is taken by the container {other}" in done.stderr
    assert "TELAR_PORTAL_PORT=" in done.stderr
    assert "nothing was started" in done.stderr
    assert on_docker.volumes() == []


@pytest.mark.usefixtures("engine")
def test_every_limit_of_the_machine_is_told_with_its_variable(on_docker: Place) -> None:
    limits = {"TELAR_CPUS": "999", "TELAR_MEMORY_MB": "999999999", "TELAR_DISK_MB": "999999999"}
    told = on_docker.run("up", **limits).stderr
    assert "3 things stand in the way; nothing was started" in told
    for name, value in limits.items():
        assert re.search(rf"the least is {value}.*\n.*{name}=\d+ make up", told), told


def test_ports_of_a_profile_that_is_not_asked_for_are_not_looked_at(on_docker: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        on_docker.settings(TELAR_DATA_API_PORT=taken)
        assert on_docker.run("env").returncode == 0
        assert on_docker.run("preflight").returncode == 0
        told = on_docker.run("preflight", COMPOSE_PROFILES="tools").stderr
    assert f"port {taken} of 127.0.0.1, wanted by data-api, is taken by process" in told


def test_what_a_profile_started_ends_when_it_is_asked_for_no_more(on_docker: Place) -> None:
    on_docker.settings(COMPOSE_PROFILES="tools")
    assert on_docker.run("up").returncode == 0
    assert on_docker.running() == {"portal", "data-api"}
    on_docker.settings(COMPOSE_PROFILES="")
    done = on_docker.run("up")
    assert "removing what is no longer asked for" in done.stdout
    assert on_docker.running() == {"portal"}
    on_docker.settings(COMPOSE_PROFILES="tools")
    assert on_docker.run("up").returncode == 0
    on_docker.settings(COMPOSE_PROFILES="")
    assert on_docker.run("down").returncode == 0
    assert on_docker.running() == set()


def test_a_changed_secret_reaches_what_runs(on_docker: Place) -> None:
    held = ("compose", "exec", "portal", "cat", "/run/secrets/key")
    assert on_docker.run("up").returncode == 0
    on_docker.settings(TELAR_INFERENCE_RELOAD_KEY="another-key-of-mine")
    assert on_docker.run("env").returncode == 0
    done = on_docker.run("up")
    assert f"removing what still has an old secret: {on_docker.name}-portal-1" in done.stdout
    assert on_docker.docker(*held) == "another-key-of-mine"
    assert "old secret" not in on_docker.run("up").stdout


def test_a_profile_that_no_service_has_is_a_warning_with_those_that_there_are(on_docker: Place) -> None:
    on_docker.settings(COMPOSE_PROFILES="tool")
    assert on_docker.run("env").returncode == 0
    told = on_docker.run("preflight").stdout
    assert "COMPOSE_PROFILES names tool, which no service has" in told
    assert "there are: tools" in told


def test_without_env_data_of_an_earlier_installation_are_not_locked_out(on_docker: Place) -> None:
    assert on_docker.run("up").returncode == 0
    assert on_docker.run("down").returncode == 0
    kept = on_docker.env.read_text()
    on_docker.env.unlink()
    done = on_docker.run("up")
    assert done.returncode == 1
    assert f"{on_docker.name}_data" in done.stderr
    assert "put the .env of that installation back" in done.stderr
    assert "make destroy" in done.stderr
    assert not on_docker.env.exists()
    on_docker.env.write_text(kept)
    on_docker.env.chmod(0o600)
    assert on_docker.run("up").returncode == 0


def test_a_second_folder_with_the_same_name_is_refused_with_the_first(on_docker: Place) -> None:
    assert on_docker.run("up").returncode == 0
    twin = Place(on_docker.folder.parent / "twin", on_docker.name)
    twin.folder.mkdir()
    for file in ("docker-compose.yaml", ".env.example"):
        (twin.folder / file).write_text((on_docker.folder / file).read_text())
    twin.settings(TELAR_PORTAL_PORT=free_port(), TELAR_MEMORY_MB=1, TELAR_DISK_MB=1)
    done = twin.run("up")
    assert done.returncode == 1
    assert f"already runs, started from {on_docker.folder}" in done.stderr
    assert "COMPOSE_PROJECT_NAME" in done.stderr


def test_destroy_asks_for_the_name_and_deletes_nothing_without_it(on_docker: Place) -> None:
    assert on_docker.run("up").returncode == 0
    for typed in ("", "yes\n"):
        done = on_docker.run("destroy", typed=typed)
        assert done.returncode == 1
        assert re.search(rf"{on_docker.name}_data +\d", done.stdout), "the volume is listed with its size"
        assert "nothing was deleted" in done.stderr
        assert on_docker.running() == {"portal"}
    done = on_docker.run("destroy", typed=f"{on_docker.name}\n")
    assert done.returncode == 0, done.stderr
    assert on_docker.running() == set()
    assert on_docker.volumes() == []
    assert on_docker.env.exists()
    assert ".env" in done.stdout


def test_destroy_works_without_env_and_does_not_ask_a_script(on_docker: Place) -> None:
    assert on_docker.run("up").returncode == 0
    on_docker.env.unlink()
    assert on_docker.run("destroy", "--yes").returncode == 0
    assert on_docker.volumes() == []


def test_a_compose_file_that_cannot_be_read_is_told_in_composes_words(on_docker: Place) -> None:
    assert on_docker.run("env").returncode == 0
    done = on_docker.run("preflight", COMPOSE_FILE="docker-compose.yaml:deploy/none.yaml")
    assert done.returncode == 1
    assert "none.yaml" in done.stderr
    assert "COMPOSE_FILE" in done.stderr
