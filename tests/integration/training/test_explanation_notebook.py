"""The notebook explains two versions of any use case side by side, and says so where there are none."""

import base64
import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from mlflow import MlflowClient
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from telar.adapters.model_registry.registry import ModelRegistry
from telar.domain.errors import DataError, NoModel, NotServable
from telar.domain.use_case import UseCase
from telar.pipeline.explanation.comparison import compare
from telar.pipeline.training import train
from telar.settings import MlflowSettings
from tests.integration.training.conftest import reason, renamed
from tests.support.priced import PRICED, training_rows
from tests.support.tiny import TINY
from tests.support.worded import worded

NOTEBOOK = Path(__file__).parents[3] / "services" / "notebook" / "explanations.ipynb"


def two_versions(use_case: UseCase, url: str, work: Path) -> str:
    """The name of a model with two versions, one of each candidate; the second replaced the first in production."""
    named, registry = renamed(use_case), ModelRegistry(MlflowSettings(url=url))
    for candidate in named.candidates[:2]:
        alone = named.model_copy(update={"candidates": (candidate,)})
        train(alone, training_rows(alone, 700), registry, reason(), work, 1)
    registry.set_production(named.name, "2")
    registry.tag(named.name, "2", {"telar.gate.against": "1"})
    return named.name


@pytest.fixture(scope="module")
def classified(mlflow_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    return two_versions(TINY, mlflow_url, tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="module")
def priced(mlflow_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    return two_versions(worded(PRICED), mlflow_url, tmp_path_factory.mktemp("work"))


@pytest.fixture
def settings(mlflow_url: str) -> MlflowSettings:
    return MlflowSettings(url=mlflow_url)


@pytest.fixture
def executed(mlflow_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:  # noqa: ANN401
    """Runs the notebook in a kernel of its own, with other parameters."""

    def run(default: str, **parameters: str | int) -> nbformat.NotebookNode:
        monkeypatch.setenv("TELAR_MLFLOW_URL", mlflow_url)
        monkeypatch.setenv("TELAR_DEFAULT_USE_CASE", default)
        monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
        book = nbformat.read(NOTEBOOK, as_version=4)
        (cell,) = [each for each in book.cells if "parameters" in each.metadata.get("tags", [])]
        cell.source += "".join(f"\n{name} = {value!r}" for name, value in parameters.items())
        NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
        nbformat.write(book, tmp_path / "executed.ipynb")
        return book

    return run


def outputs(book: nbformat.NotebookNode) -> Iterator[Mapping[str, Any]]:
    """What the notebook shows, by type."""
    for cell in book.cells:
        for each in cell.get("outputs", []):
            assert each.output_type != "error"
            assert (each.output_type, each.get("name")) != ("stream", "stderr"), each.text
            yield each.get("data", {})


def pictures(book: nbformat.NotebookNode) -> list[tuple[int, int]]:
    """Width and height of each picture."""
    found = [base64.b64decode(each["image/png"]) for each in outputs(book) if "image/png" in each]
    return [struct.unpack(">II", each[16:24]) for each in found]


def words(book: nbformat.NotebookNode) -> str:
    kinds = ("text/markdown", "text/plain")
    return "\n".join(each[kind] for each in outputs(book) for kind in kinds if kind in each)


def test_by_default_production_is_compared_with_the_version_before_it(classified: str, executed: Any) -> None:  # noqa: ANN401
    book = executed(classified)
    assert len(pictures(book)) == 5, "one of both, then a beeswarm and a waterfall of each"
    assert all(width > 600 and height > 150 for width, height in pictures(book))
    told = words(book)
    assert "**Tiny**: version 2 (in production) and version 1, explained on the same 105 held-out rows." in told
    assert "logistic_regression" in told
    assert "test macro_f1" in told


def test_a_number_two_named_versions_and_a_row_are_parameters(priced: str, executed: Any) -> None:  # noqa: ANN401
    book = executed("of nobody", USE_CASE=priced, VERSION="1", OTHER="2", ROW=3)
    assert len(pictures(book)) == 5
    assert "version 1 and version 2 (in production)" in words(book)
    assert "Length (m)" in words(book)


def test_without_a_model_the_notebook_ends_with_one_sentence(executed: Any) -> None:  # noqa: ANN401
    with pytest.raises(CellExecutionError) as caught:
        executed("never_trained")
    told = re.sub(r"\x1b\[[\d;]*m", "", str(caught.value))
    assert told.strip().splitlines()[-1].startswith("NoModel: no model is registered under never_trained: check the")
    assert "Traceback" not in told


def test_one_version_alone_is_explained_and_the_page_says_so(
    registry: ModelRegistry, use_case: UseCase, work: Path, settings: MlflowSettings
) -> None:
    train(use_case, training_rows(use_case, 700), registry, reason(), work, 1)
    alone = compare(settings, use_case.name)
    assert "only version 1 is there, so there is nothing to compare it with yet" in alone._repr_markdown_()
    assert len(alone.waterfalls()) == 1
    assert list(alone.about.columns) == ["version 1"]


def test_both_are_explained_on_the_same_rows_and_answer_as_the_models_do(
    classified: str, settings: MlflowSettings
) -> None:
    found = compare(settings, classified)
    one, two = found.versions.values()
    assert found.same_rows
    assert one.rows.equals(two.rows)
    assert one.focus == two.focus
    worst = found.differing()[0]
    apart = abs(one.answers[:, one.shown] - two.answers[:, two.shown])
    assert apart[worst] == apart.max() > 0
    assert found.rows().index[0] == worst
    with pytest.raises(DataError, match="there is no row 105: the rows are numbered from 0 to 104"):
        found.waterfalls(105)


def test_a_version_that_asks_for_other_columns_is_explained_on_its_own_rows(
    registry: ModelRegistry, work: Path, settings: MlflowSettings
) -> None:
    wide = renamed(worded(TINY))
    narrow = TINY.model_copy(update={"name": wide.name})
    for use_case in (wide, narrow):
        one = use_case.model_copy(update={"candidates": use_case.candidates[1:]})
        train(one, training_rows(one, 700), registry, reason(), work, 1)
    newest = compare(settings, wide.name)
    assert "asks for other columns" in newest._repr_markdown_()
    assert [len(each.contract.columns) for each in newest.versions.values()] == [3, 6]
    assert compare(settings, wide.name, "1", "2").same_rows, "the narrow one finds its columns among the wide one's"
    assert len([newest.importances(), *newest.summaries(), *newest.waterfalls()]) == 5


def test_a_version_that_is_not_there_or_of_somebody_else_is_told(
    classified: str, settings: MlflowSettings, use_case: UseCase, mlflow_url: str
) -> None:
    with pytest.raises(NoModel, match="no version 99"):
        compare(settings, classified, "99")
    client = MlflowClient(tracking_uri=mlflow_url, registry_uri=mlflow_url)
    client.create_registered_model(use_case.name)
    run = client.create_run(client.create_experiment(use_case.name)).info
    client.create_model_version(use_case.name, f"{run.artifact_uri}/model", run.run_id, await_creation_for=0)
    with pytest.raises(NotServable, match=r"has no contract\.json; register it by Telar's pipeline"):
        compare(settings, use_case.name)
