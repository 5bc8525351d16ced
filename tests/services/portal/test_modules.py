"""What `streamlit run` does to imports, and what the portal must not import."""

import subprocess
import sys
from importlib.machinery import PathFinder
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PORTAL = ROOT / "services" / "portal"
FORBIDDEN = ("airflow", "mlflow", "sklearn", "skl2onnx", "telar.use_cases", "telar.pipeline")


def test_no_module_of_the_portal_hides_another_of_the_same_name() -> None:
    # Streamlit puts the script's folder first on the path, so `services/portal/http.py` would become everybody's http.
    names = {path.stem for path in PORTAL.glob("*.py")} | {path.name for path in PORTAL.iterdir() if path.is_dir()}
    elsewhere = [entry for entry in sys.path if Path(entry or ".").resolve() != PORTAL]
    hidden = {
        n for n in names if n.isidentifier() and (n in sys.stdlib_module_names or PathFinder.find_spec(n, elsewhere))
    }
    assert hidden - {"__init__"} == set()


def test_the_portal_imports_no_heavy_neighbour() -> None:
    modules = [f"services.portal.{path.stem}" for path in PORTAL.glob("*.py") if path.stem not in ("__init__", "app")]
    code = f"import sys, {', '.join(modules)}; print([n for n in {FORBIDDEN!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
