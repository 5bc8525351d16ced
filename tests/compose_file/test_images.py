"""Telar's own images: each made in one place, from one Dockerfile, and used by its name."""

from collections import Counter

from tests.compose_file.images import OWN
from tests.compose_file.rendered import Rendered

IMAGES = {"airflow", "mlflow", "inference", "portal", "data-api", "notebook"}


def test_each_own_image_is_built_by_exactly_one_service(rendered: Rendered) -> None:
    used = {each["image"].removeprefix(OWN).partition(":")[0] for each in rendered.services.values() if is_own(each)}
    built = Counter(each["build"]["target"] for each in rendered.services.values() if "build" in each)
    assert used == IMAGES
    assert built == Counter(IMAGES)


def test_an_image_is_called_like_the_stage_that_makes_it(rendered: Rendered) -> None:
    for name, service in rendered.services.items():
        if "build" in service:
            assert service["image"].startswith(f"{OWN}{service['build']['target']}:"), name


def is_own(service: object) -> bool:
    return isinstance(service, dict) and str(service.get("image", "")).startswith(OWN)
