"""The platform's HTTP services as somebody on another machine asks them: by the public name."""

from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from tests.e2e.support.machine import BIND, PUBLIC_HOST
from tests.e2e.support.stack import Stack
from tests.e2e.support.waiting import until

SECONDS = 30
MLFLOW_USERS = {
    "admin": "TELAR_MLFLOW_ADMIN_PASSWORD",
    "telar": "TELAR_MLFLOW_PASSWORD",
    "telar-reader": "TELAR_MLFLOW_READER_PASSWORD",
}


class _NameServer(HTTPAdapter):
    """Sends what is asked of the public name to the address that the platform is bound to; the Host header stays."""

    # Whatever else HTTPAdapter takes goes on to it.
    def send(self, request: requests.PreparedRequest, *words: Any, **options: Any) -> requests.Response:  # noqa: ANN401
        where = urlsplit(str(request.url))
        request.headers["Host"] = where.netloc
        request.url = where._replace(netloc=f"{BIND}:{where.port}").geturl()
        return super().send(request, *words, **options)


def browser_like() -> requests.Session:
    """A session that knows the public name."""
    http = requests.Session()
    http.trust_env = False
    http.mount(f"http://{PUBLIC_HOST}", _NameServer())
    return http


def ask(
    stack: Stack, service: str, method: str, path: str, body: object = None, login: tuple[str, str] | None = None
) -> requests.Response:
    """One request to a service, by the address that people are given."""
    with browser_like() as http:
        return http.request(method, f"{stack.url(service)}{path}", json=body, timeout=SECONDS, auth=login)


def ask_mlflow(stack: Stack, method: str, path: str, body: object = None, user: str = "telar") -> requests.Response:
    """One request to MLflow's API as one of its users."""
    return ask(stack, "MLFLOW", method, f"/api/2.0/mlflow/{path}", body, (user, stack.env[MLFLOW_USERS[user]]))


def production(stack: Stack, name: str) -> dict[str, Any]:
    """The model version that holds the alias `production`."""
    answer = ask_mlflow(stack, "GET", f"registered-models/alias?name={name}&alias=production")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["model_version"])


def served(stack: Stack, name: str) -> str | None:
    """The version that inference answers with; None while there is none."""
    answer = ask(stack, "INFERENCE", "GET", f"/models/{name}")
    return str(answer.json()["version"]) if answer.status_code == 200 else None


def example(stack: Stack, name: str) -> dict[str, Any]:
    """The example of the served version's contract."""
    return dict(ask(stack, "INFERENCE", "GET", f"/models/{name}").json()["contract"]["example"])


def predict(stack: Stack, name: str, record: object) -> requests.Response:
    """The answer to one record; it must be a prediction."""
    answer = ask(stack, "INFERENCE", "POST", f"/models/{name}/predict", record)
    assert answer.status_code == 200, answer.text
    return answer


def await_served(stack: Stack, name: str, version: str, seconds: float = 30) -> None:
    """Until inference serves that version."""
    until(f"inference serves {name} version {version}", lambda: served(stack, name) == version, seconds)
