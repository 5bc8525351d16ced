"""Failures of Docker whose words do not tell what to do come with a sentence that does."""

import pytest

from telar.compose.hints import hints


@pytest.mark.parametrize(
    ("said", "fix"),
    [
        ("failed to create network x: all predefined address pools have been fully subnetted", "docker network prune"),
        ("write /layer: no space left on device", "docker system df"),
        ("toomanyrequests: You have reached your pull rate limit.", "docker login"),
        ('Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host', "proxy"),
        ("Error response from daemon: manifest for pgsty/silo:none not found", "TELAR_MINIO_IMAGE"),
        ("pull access denied for telar/portal, repository does not exist", "docker-compose.yaml"),
    ],
)
def test_a_known_failure_comes_with_its_fix(said: str, fix: str) -> None:
    (told,) = hints(said)
    assert fix in told


def test_an_unknown_failure_comes_without_one() -> None:
    assert hints("ValueError: nothing of the kind") == []
