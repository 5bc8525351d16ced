"""`domain` and `use_cases` can be imported where nothing heavy is installed or wanted: an Airflow parser, a form."""

import json
import subprocess
import sys

import pytest

HEAVY = {"pandas", "sklearn", "mlflow", "numpy", "sqlalchemy", "requests", "airflow", "fastapi", "streamlit"}

IMPORT_ALL = """
import importlib, json, pkgutil, sys
package = importlib.import_module({package!r})
names = [module.name for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
for name in names:
    importlib.import_module(name)
print(json.dumps([len(names), sorted({{name.split(".")[0] for name in sys.modules}})]))
"""


@pytest.mark.parametrize("package", ["telar.domain", "telar.use_cases"])
def test_a_fresh_process_imports_the_package_without_anything_heavy(package: str) -> None:
    code = IMPORT_ALL.format(package=package)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    modules, loaded = json.loads(done.stdout)
    assert modules > 0
    assert HEAVY & set(loaded) == set()


def test_the_whole_command_line_tells_its_help_without_pandas_or_mlflow() -> None:
    code = "import sys, telar.cli; print({'pandas', 'mlflow', 'sklearn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "set()"
