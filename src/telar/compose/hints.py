"""What to do about failures of Docker that its own words do not explain."""

import re

_HINTS = {
    "fully subnetted": (
        "Docker has no addresses left for another network. `docker network prune` removes those that nothing uses;"
        " more are given by default-address-pools in /etc/docker/daemon.json (then restart Docker)."
    ),
    "no space left on device": (
        "A disk is full. `docker system df` shows what Docker holds, `docker builder prune` and `docker image prune`"
        " delete what builds left."
    ),
    "toomanyrequests": (
        "The registry takes no more requests from this address for a while: wait, or `docker login` with an account."
    ),
    r"no such host|i/o timeout|TLS handshake|network is unreachable|connection refused": (
        "Something outside does not answer. Behind a proxy or a mirror: .env.example says what builds are told, and"
        " Docker itself pulls as /etc/docker/daemon.json (proxies, registry-mirrors) says."
    ),
    r"pull access denied|manifest (?:for \S+ not found|unknown)": (
        "There is no image of that name to be had: see TELAR_MINIO_IMAGE in .env, and the images of"
        " docker-compose.yaml."
    ),
}


def hints(said: str) -> list[str]:
    """A sentence for each failure that is known."""
    return [hint for pattern, hint in _HINTS.items() if re.search(pattern, said, re.IGNORECASE)]
