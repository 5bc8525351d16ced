"""Where everything of the embedded platform lies: below `.telar/` of the project, private to its user."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The folders and files of one embedded platform; ``project`` is the absolute path of the project."""

    project: Path

    @property
    def home(self) -> Path:
        return self.project / ".telar"

    @property
    def secrets(self) -> Path:
        """What was generated at install, mode 600."""
        return self.home / "env"

    @property
    def lock(self) -> Path:
        return self.home / "lock"

    @property
    def postgres(self) -> Path:
        return self.home / "pg"

    @property
    def mlflow(self) -> Path:
        return self.home / "mlflow"

    @property
    def airflow(self) -> Path:
        return self.home / "airflow"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def run(self) -> Path:
        """What only a running platform needs: the supervisor's files and the programs' environments."""
        return self.home / "run"

    @property
    def programs(self) -> Path:
        return self.run / "programs.json"

    @property
    def chosen(self) -> Path:
        """The settings, no secret among them, that the running platform was started with."""
        return self.run / "settings.json"

    @property
    def session(self) -> Path:
        return self.run / "session.json"

    @property
    def socket(self) -> Path:
        return self.run / "supervisor.sock"

    def log(self, program: str) -> Path:
        return self.logs / f"{program}.log"

    def make(self) -> None:
        """Make the folders; nobody else may look into them."""
        for folder in (self.home, self.mlflow, self.airflow, self.logs, self.run, self.home / "use_cases"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.home.chmod(0o700)


def find_project(start: Path | None = None) -> Layout:
    """The project that holds ``start`` (default: the working folder, else the folder of this installation)."""
    places = [start or Path.cwd(), Path(__file__).resolve().parents[3]]
    for place in places:
        for folder in (place.resolve(), *place.resolve().parents):
            if (folder / ".env.example").is_file() and (folder / "requirements.lock").is_file():
                return Layout(folder)
    raise FileNotFoundError(f"no Telar project at {places[0]} or above it: run the command inside the project")
