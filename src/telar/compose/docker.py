"""The `docker` command, run in the project's folder."""

import json
import subprocess
from collections.abc import Mapping
from typing import Any

from telar.compose.project import Project

ANSWER_SECONDS = 60.0


class DockerFailed(Exception):
    """A command ended badly or did not end; the text is what it said."""


class Docker:
    """Runs `docker ...` for a project. Where no TELAR_SECRETS is set yet, Compose can read the file all the same."""

    def __init__(self, project: Project) -> None:
        self.project = project
        secrets = {"TELAR_SECRETS": project.variables().get("TELAR_SECRETS", "./secrets")}
        self.environment: Mapping[str, str] = {**project.around, **secrets}

    def command(self, *words: str) -> list[str]:
        """The words as a list, for those who run it themselves."""
        return ["docker", *words]

    def run(self, *words: str, seconds: float = ANSWER_SECONDS, with_errors: bool = False) -> str:
        """What the command printed, ``with_errors`` also what went to its standard error.

        Raises:
            DockerFailed: it could not be run, ended badly, or took longer than ``seconds``.
        """
        try:
            done = subprocess.run(
                self.command(*words),
                cwd=self.project.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if with_errors else subprocess.PIPE,
                text=True,
                errors="replace",
                check=False,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired as error:
            raise DockerFailed(f"`docker {words[0]}` did not answer within {seconds:.0f} s") from error
        except OSError as error:
            raise DockerFailed(f"`docker` cannot be run: {error}") from error
        if done.returncode != 0:
            raise DockerFailed(((done.stderr or "").strip() or done.stdout.strip())[-2000:])
        return done.stdout

    def rows(self, *words: str) -> list[dict[str, Any]]:
        """What the command printed with `--format json`, an object each line.

        Raises:
            DockerFailed: as `run`.
        """
        lines = self.run(*words, "--format", "json").splitlines()
        return [dict(json.loads(line)) for line in lines if line.strip()]
