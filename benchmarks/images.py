"""The size of each own image, as `docker image inspect` tells it, against its limit.

Run from the project after `docker compose build`: `.telar/venv/bin/python -m benchmarks.images`. Exits 1 where an image
is over its limit or is not there. TELAR_VERSION chooses another tag than this version's.
"""

import os
import subprocess
import sys

import typer

from telar import __version__

LIMITS = {"airflow": 1_300, "portal": 700, "mlflow": 500, "data-api": 450, "inference": 400}  # MB of a million bytes


def main() -> None:
    """Measure and print."""
    tag = os.environ.get("TELAR_VERSION") or __version__
    sizes = {name: megabytes(f"telar/{name}:{tag}") for name in LIMITS}
    typer.echo(f"{'image':24}{'MB':>8}{'limit':>8}")
    for name, size in sizes.items():
        told = "" if size <= LIMITS[name] else f"  over by {size - LIMITS[name]:.0f} MB"
        typer.echo(f"{f'telar/{name}:{tag}':24}{size:8.0f}{LIMITS[name]:8}{told}")
    sys.exit(any(size > LIMITS[name] for name, size in sizes.items()))


def megabytes(image: str) -> float:
    """The size of an image with all its layers; ends the program where docker has no such image."""
    command = ["docker", "image", "inspect", "--format", "{{.Size}}", image]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    if asked.returncode:
        sys.exit(f"{asked.stderr.strip()}: build the images first with `docker compose build`")
    return int(asked.stdout) / 1e6


if __name__ == "__main__":
    main()
