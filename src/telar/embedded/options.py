"""The variables of an embedded platform: the caller's, `.env`, generated ones, a demo's defaults, `.env.example`."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from telar.credentials import OF_CONTAINERS, write_private
from telar.embedded import secrets
from telar.embedded.layout import Layout
from telar.settings import PlaceSettings

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Options:
    """Every variable by its name, and the ports among them."""

    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    @property
    def place(self) -> PlaceSettings:
        fields = {name: self.values.get(f"TELAR_{name.upper()}") for name in PlaceSettings.model_fields}
        # pydantic reads the ports from their text, which mypy cannot know
        return PlaceSettings(**{name: value for name, value in fields.items() if value})  # type: ignore[arg-type]

    @property
    def use_case(self) -> str:
        return self.values["TELAR_DEFAULT_USE_CASE"]

    @property
    def public(self) -> dict[str, str]:
        """What every program may see: no generated secret among it."""
        return {name: value for name, value in self.values.items() if name not in OF_CONTAINERS}


def load(layout: Layout, running: bool = False, use_case: str | None = None) -> Options:
    """Merge what is set, this process's environment first; generates secrets on first use.

    A ``running`` platform keeps what it was started with, so that `make status` needs no variables repeated; another
    has ``use_case``, where one is named, as its default.
    """
    layout.make()
    layers = (
        _file(layout.project / ".env.example"),
        _demo(layout),
        secrets.ensure(layout),
        _without_secrets(_file(layout.project / ".env")),
        {name: value for name, value in os.environ.items() if value and name.startswith("TELAR_")},
        {"TELAR_DEFAULT_USE_CASE": use_case} if use_case else {},
        json.loads(layout.chosen.read_text(encoding="utf-8")) if running and layout.chosen.is_file() else {},
    )
    merged: dict[str, str] = {}
    for layer in layers:
        merged.update(layer)
    return Options(merged)


def keep(layout: Layout, options: Options) -> None:
    """Note what a platform is started with, for `load`."""
    write_private(layout.chosen, json.dumps(options.public, indent=1))


def _file(path: Path) -> dict[str, str]:
    return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value}


def _without_secrets(values: Mapping[str, str]) -> dict[str, str]:
    """Those of `.env` are the containers': the databases below `.telar/` were made with others."""
    return {name: value for name, value in values.items() if name not in OF_CONTAINERS}


def _demo(layout: Layout) -> dict[str, str]:
    """A window that a newcomer waits for gladly, and every folder below `.telar/`."""
    return {
        "TELAR_DATA_API_WINDOW_SECONDS": "5",
        "TELAR_SOURCE_WINDOW_SECONDS": "5",
        # The data API has generated rows where there is no internet; the UCI repository itself has none then.
        "TELAR_SOURCE_KIND": "partitions",
        "TELAR_USE_CASES": str(layout.home / "use_cases"),
        "TELAR_DATA_API_STATE_FOLDER": str(layout.home / "data-api"),
        "TELAR_WORK_FOLDER": str(layout.home / "work"),
        "TELAR_INFERENCE_MODEL_FOLDER": str(layout.home / "models"),
    }
