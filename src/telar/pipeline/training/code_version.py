"""Which code and which packages a model comes from."""

import hashlib
import platform
import shutil
import subprocess
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

import telar
from telar.domain.use_case import UseCase

PACKAGES = ("mlflow", "numpy", "onnx", "onnxruntime", "pandas", "scikit-learn", "scipy", "skl2onnx", "skops", "xgboost")
# All of MLflow that training needs, and a part of the whole; XGBoost without 470 MB of a GPU's library.
_INSTALLED_AS = {"mlflow": "mlflow-skinny", **({} if sys.platform == "darwin" else {"xgboost": "xgboost-cpu"})}
_ROOT = Path(telar.__file__).parent
_FOLDERS = ("domain", "pipeline")
_SHAPES_A_MODEL = {"features", "candidates", "primary_metric", "columns", "target", "target_scale", "averages"}


@cache
def code_version() -> str:
    """Telar's version and twelve hex digits over the sources of its domain and pipeline: ``0.1.0+3f2a...``."""
    digest = hashlib.sha256()
    for path in sorted(each for folder in _FOLDERS for each in (_ROOT / folder).rglob("*.py")):
        digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{telar.__version__}+{digest.hexdigest()[:12]}"


def definition_version(use_case: UseCase) -> str:
    """Twelve hex digits over what a use case says of its training: features, candidates, metrics."""
    said = use_case.model_dump_json(include=_SHAPES_A_MODEL)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def package_versions() -> dict[str, str]:
    """The versions of Python and of every package that has a say in the model."""
    return {"python": platform.python_version(), **{name: version(_INSTALLED_AS.get(name, name)) for name in PACKAGES}}


@cache
def git_commit() -> str | None:
    """The last commit of these sources where they lie in a Git work tree and git is at hand."""
    if not shutil.which("git"):
        return None
    command = ["git", "-C", str(_ROOT), "log", "-1", "--format=%H", "--", *_FOLDERS]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    return found.stdout.strip() or None
