"""What is wrong with `.env`: its mode, its lines, its secrets, and names that nothing reads."""

from collections.abc import Mapping
from difflib import get_close_matches

from telar.compose.env_file import Entry
from telar.compose.problems import Findings, Problem
from telar.compose.project import Project
from telar.compose.weak import weakness
from telar.credentials import INSTALLED, OF_CONTAINERS

_REQUIRED = ("TELAR_SECRETS", *INSTALLED, *OF_CONTAINERS)


def look(project: Project) -> Findings:
    """Every problem of the file, and warnings for what is probably a slip.

    Raises:
        NotReady: it cannot be read.
    """
    if not project.env.exists():
        return Findings([Problem(f"there is no .env in {project.folder}", "make env (or `make up`) writes one")])
    entries = project.read_env().by_name
    lines = project.read_env().entries
    broken = [Problem(f".env, line {each.number}: {each.problem}", "mend that line") for each in lines if each.problem]
    problems = [*_mode(project), *broken, *_missing(set(entries)), *_no_folder(entries)]
    problems += [found for name in OF_CONTAINERS if name in entries for found in _secret(entries[name])]
    return Findings(problems, [*_unknown(project, set(entries)), *_twice(lines), *_overruled(project, entries)])


def _mode(project: Project) -> list[Problem]:
    mode = project.env.stat().st_mode & 0o777
    if not mode & 0o077:
        return []
    return [Problem(f".env has mode {mode:o}: others on this machine can read its passwords", "chmod 600 .env")]


def _missing(there: set[str]) -> list[Problem]:
    missing = [name for name in _REQUIRED if name not in there]
    return [Problem(f".env is incomplete: {', '.join(missing)}", "make env adds what is missing")] if missing else []


def _no_folder(entries: Mapping[str, Entry]) -> list[Problem]:
    folder = entries.get("TELAR_SECRETS")
    if folder is None or folder.problem or folder.value:
        return []
    told = f"TELAR_SECRETS (.env, line {folder.number}) is empty: `docker compose up` would not find the secrets"
    return [Problem(told, "write TELAR_SECRETS=./secrets there")]


def _secret(entry: Entry) -> list[Problem]:
    if entry.problem:
        return []
    told = weakness(entry.name, entry.value)
    where = f"{entry.name} (.env, line {entry.number})"
    if told:
        return [Problem(f"{where} {told}", f"delete that line, then `make env` puts a random one there{_but(entry)}")]
    if not entry.literal:
        return [Problem(f"{where} holds a $, which Compose would replace", "put the value in single quotes")]
    return []


def _but(entry: Entry) -> str:
    """Some secrets open what was made with them: a new one alone would not."""
    if entry.name == "TELAR_AIRFLOW_FERNET_KEY":
        return " (connections and variables that Airflow encrypted with the old one must be entered again)"
    if entry.name == "TELAR_DB_ADMIN_PASSWORD":
        return " (databases that exist keep the old one: change it there too)"
    return ""


def _unknown(project: Project, there: set[str]) -> list[Problem]:
    known = project.known_names()
    strange = sorted(name for name in there - known if name.startswith("TELAR_"))
    return [Problem(f"{name} in .env is a name that nothing reads", _nearest(name, known)) for name in strange]


def _nearest(name: str, known: set[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.8)
    return f"is {near[0]} meant? .env.example explains every name" if near else ".env.example explains every name"


def _twice(lines: tuple[Entry, ...]) -> list[Problem]:
    found: list[Problem] = []
    first: dict[str, int] = {}
    for each in lines:
        if each.name in first and each.name:
            told = f"{each.name} stands in .env twice, lines {first[each.name]} and {each.number}: the last counts"
            found.append(Problem(told, "delete one of them"))
        first.setdefault(each.name, each.number)
    return found


def _overruled(project: Project, entries: Mapping[str, Entry]) -> list[Problem]:
    """The shell wins; the next start from another shell would be of another platform."""
    mine = sorted(name for name in project.around if name in project.known_names() and name not in OF_CONTAINERS)
    other = [name for name in mine if name not in entries or entries[name].value != project.around[name]]
    if not other:
        return []
    told = f"set in this shell, and so winning over .env: {', '.join(other)}"
    return [Problem(told, "write what is to last into .env")]
