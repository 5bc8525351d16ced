"""Telar's own images, as services/Dockerfile makes them."""

import re
from functools import cache
from pathlib import Path

OWN = "telar/"
DOCKERFILE = Path(__file__).resolve().parents[2] / "services" / "Dockerfile"


def user_of_image(image: str) -> str | None:
    """The USER of an own image, from its stage or those below it; None for an image of others."""
    if not image.startswith(OWN):
        return None
    return _user_of_stage(image.removeprefix(OWN).partition(":")[0])


def _user_of_stage(name: str) -> str | None:
    stage = _stages().get(name)
    if stage is None:
        return None
    users = re.findall(r"^USER\s+(\S+)", stage, re.MULTILINE)
    base = re.match(r"FROM\s+(\S+)", stage)
    return users[-1] if users else _user_of_stage(base[1]) if base else None


@cache
def _stages() -> dict[str, str]:
    """Each named stage of the Dockerfile, from its FROM on."""
    parts = re.split(r"^(?=FROM\s)", DOCKERFILE.read_text(), flags=re.MULTILINE)
    named = {found[1]: part for part in parts if (found := re.match(r"FROM\s+\S+\s+AS\s+(\S+)", part, re.IGNORECASE))}
    assert named, f"{DOCKERFILE} has no named stage"
    return named
