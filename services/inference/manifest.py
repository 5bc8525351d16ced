"""What a kept model version is: where it came from, and the digest of each of its files."""

from telar.domain.base import Value

FILE_NAME = "manifest.json"


class Manifest(Value):
    """The description that lies beside a kept version's files.

    ``source`` is MLflow's address of the logged model: a deleted and recreated model begins at version 1 again, under
    another source. ``metrics`` are those of the training run, ``tags`` those of the version when it was loaded.
    ``files`` holds the SHA-256 of each file.
    """

    name: str
    version: str
    source: str
    run_id: str
    metrics: dict[str, float]
    tags: dict[str, str]
    files: dict[str, str]
