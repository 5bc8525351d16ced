"""What every service of docker-compose.yaml keeps: each rule is a sentence and a check that answers what is wrong."""

import re
from collections.abc import Callable, Mapping

from tests.compose_file.images import OWN, user_of_image
from tests.compose_file.rendered import Service

Check = Callable[[Service], str | None]

CHOWNER = "minio-volume"
# Where these images declare a volume: without a mount or tmpfs there Docker makes one without a name.
VOLUMES = {
    "postgres": "/var/lib/postgresql/data",
    "mysql": "/var/lib/mysql",
    "redis": "/data",
    "pgsty/silo": "/data",
}
SHARING = ("privileged", "pid", "ipc", "devices", "userns_mode")
WRITABLE_ROOT: Mapping[str, str] = {}  # service -> why its root cannot be read-only
ALWAYS_PASS = {
    r"\|\|\s*(true|:|exit 0)\b": "its failure is thrown away",
    r"^\s*(true|:|exit 0|echo\b.*)\s*$": "it checks nothing",
    r":5000/health": "MLflow's /health is 200 without its database",
    r":879[34]\b": "Airflow's log server answers whatever its owner does",
    r"/minio/health/live": "it is 200 while MinIO cannot serve; /minio/health/ready can fail",
    r"pg_isready(?!.*(-h|--host)[ =]127\.0\.0\.1)": "without TCP it passes while the database is initialised",
    r"mysqladmin(?!.*(-h|--host)[ =]127\.0\.0\.1)": "without TCP it passes while the database is initialised",
    r"\b(pgrep|pidof|ps)\b": "a process that is there may be stuck",
    r"--version\b": "it asks a program that nobody waits for",
    r"airflow jobs check|celery inspect": "it costs seconds of CPU each time",
}


def healthcheck_can_fail(service: Service) -> str | None:
    check = service.get("healthcheck") or {}
    words = check.get("test") or []
    if check.get("disable") or not words or words[0] == "NONE":
        return "has no healthcheck"
    told = " ".join(words[1:])
    return next((f"'{told}' cannot tell: {why}" for form, why in ALWAYS_PASS.items() if re.search(form, told)), None)


def memory_is_limited(service: Service) -> str | None:
    limit = int(service.get("mem_limit") or 0)
    return None if 0 < limit <= 8 * 2**30 else f"has mem_limit {limit}, not one up to 8 GiB"


def processes_are_limited(service: Service) -> str | None:
    limit = int(service.get("pids_limit") or 0)
    return None if limit > 0 else "has no pids_limit"


def comes_back(service: Service) -> str | None:
    policy = service.get("restart", "no")
    return None if policy in {"unless-stopped", "always"} else f"has restart '{policy}', so it stays away when it dies"


def ends_when_done(service: Service) -> str | None:
    policy = service.get("restart", "no")
    return None if re.match(r"no$|on-failure", policy) else f"has restart '{policy}', so it would run for ever"


def user_is_not_root(service: Service) -> str | None:
    user = str(service.get("user") or user_of_image(service["image"]) or "root")
    if service["name"] == CHOWNER:
        return None
    return f"runs as '{user}'" if user.split(":")[0] in {"root", "0"} else None


def capabilities_are_dropped(service: Service) -> str | None:
    return None if service.get("cap_drop") == ["ALL"] else f"has cap_drop {service.get('cap_drop')}, not ALL"


def no_capability_is_added(service: Service) -> str | None:
    added = list(service.get("cap_add") or [])
    if service["name"] == CHOWNER:
        lonely = added == ["CHOWN"] and service.get("network_mode") == "none"
        return None if lonely else f"may have CHOWN only, and no network; it has {added}"
    return f"has cap_add {added}" if added else None


def gains_no_privilege(service: Service) -> str | None:
    options = service.get("security_opt") or []
    return None if "no-new-privileges:true" in options else f"has security_opt {options}, no no-new-privileges:true"


def root_is_read_only(service: Service) -> str | None:
    return None if service.get("read_only") or service["name"] in WRITABLE_ROOT else "can write to its image"


def logs_are_rotated(service: Service) -> str | None:
    logging = service.get("logging") or {}
    options = logging.get("options") or {}
    if logging.get("driver") in {"json-file", "local"} and options.get("max-size") and options.get("max-file"):
        return None
    return f"has logging {dict(logging)}, without max-size and max-file"


def stays_in_its_box(service: Service) -> str | None:
    shared = [f"{key}: {service[key]}" for key in SHARING if service.get(key)]
    shared += ["network_mode: host"] if service.get("network_mode") == "host" else []
    shared += [each["source"] for each in service.get("volumes") or () if "docker.sock" in str(each.get("source"))]
    return f"shares with the machine: {', '.join(shared)}" if shared else None


def mounts_of_the_machine_are_read_only(service: Service) -> str | None:
    binds = [each for each in service.get("volumes") or () if each["type"] == "bind"]
    writable = [each["source"] for each in binds if not each.get("read_only")]
    return f"may write to {writable}" if writable else None


def volumes_have_names(service: Service) -> str | None:
    folder = VOLUMES.get(str(service.get("image", "")).partition(":")[0])
    mounted = {each["target"] for each in service.get("volumes") or () if each.get("source")}
    mounted |= {str(each).partition(":")[0] for each in service.get("tmpfs") or ()}
    return f"leaves a nameless volume for {folder} behind" if folder and folder not in mounted else None


def waits_by_condition(service: Service) -> str | None:
    waits = (service.get("depends_on") or {}).items()
    loose = [other for other, how in waits if how["condition"] == "service_started"]
    return f"does not wait until {', '.join(loose)} is healthy or done" if loose else None


def image_is_pinned(service: Service) -> str | None:
    image = str(service.get("image", ""))
    tag = image.rpartition("/")[2].partition(":")[2]
    return None if re.search(r"\d", tag) and tag != "latest" else f"has image '{image}', whose tag is no version"


def can_be_scaled(service: Service) -> str | None:
    return "has a container_name, so two projects or workers would collide" if service.get("container_name") else None


def comes_from_one_place(service: Service) -> str | None:
    own = str(service.get("image", "")).startswith(OWN)
    return None if own or "build" not in service else "builds an image that is not called telar/..."


EVERY: Mapping[str, Check] = {
    "runs as somebody other than root": user_is_not_root,
    "drops every capability": capabilities_are_dropped,
    "adds no capability": no_capability_is_added,
    "gains no privilege": gains_no_privilege,
    "cannot write to its image": root_is_read_only,
    "has its memory limited": memory_is_limited,
    "has its processes limited": processes_are_limited,
    "has its logs rotated": logs_are_rotated,
    "shares nothing with the machine": stays_in_its_box,
    "reads folders of the machine and writes none": mounts_of_the_machine_are_read_only,
    "leaves no volume without a name": volumes_have_names,
    "waits for others by condition": waits_by_condition,
    "names the version of its image": image_is_pinned,
    "has no name that a second one could not have": can_be_scaled,
    "builds only telar's own images": comes_from_one_place,
}
LASTING: Mapping[str, Check] = {
    "has a healthcheck that can fail": healthcheck_can_fail,
    "comes back when it dies": comes_back,
}
ONE_SHOT: Mapping[str, Check] = {"ends when it is done": ends_when_done}
