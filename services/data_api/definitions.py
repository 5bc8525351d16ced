"""The code of a use case as a digest: an edited sample or reader makes its rows anew."""

import hashlib
import inspect
from pathlib import Path

from telar.domain.use_case import UseCase


def code_digest(use_case: UseCase) -> str:
    """Over the file that defines ``sample``, or over all files of its package."""
    file = Path(inspect.getfile(use_case.sample))
    files = sorted(file.parent.iterdir()) if (file.parent / "__init__.py").exists() else [file]
    parts = [use_case.digest.encode(), *(path.read_bytes() for path in files if path.is_file())]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
