"""SHAP values are those of the definition, for any model, any column and any kind of answer, and can be drawn."""

import json
from itertools import combinations
from math import factorial
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from telar.adapters.onnx_model import OnnxModel
from telar.domain.contract import Contract
from telar.domain.errors import NotServable
from telar.domain.use_case import UseCase
from telar.pipeline.explanation import Explained, RowsToExplain, affordable, explain, rows_to_explain
from telar.pipeline.explanation.files import write_explanation
from telar.pipeline.explanation.rows import MOST_ANSWERS, SLOW_ANSWERS
from telar.pipeline.explanation.shapley import Columns, shapley_values
from telar.pipeline.features import build_pipeline
from telar.pipeline.training.compile import compile_onnx
from telar.pipeline.training.quiet import quiet
from telar.pipeline.training.rows import Prepared, prepare_rows
from tests.support.priced import PRICED, training_rows
from tests.support.tiny import TINY
from tests.support.worded import worded

TWO = TINY.model_copy(update={"target": TINY.target.model_copy(update={"classes": TINY.target.classes[:2]})})
RANDOM = np.random.default_rng(0)


def answer(columns: Columns) -> NDArray[np.float64]:
    """Numbers and words that act together, and a missing value that counts as 7; two outputs."""
    number = np.where(pd.isna(columns["number"].astype(float)), 7.0, columns["number"].astype(float))
    red = (columns["word"] == "red").astype(float)
    return np.column_stack([number * red + columns["other"], 2 * number - red])


def some_rows(count: int) -> Columns:
    number = np.where(RANDOM.random(count) < 0.2, np.nan, RANDOM.normal(3, 2, count))
    word = RANDOM.choice(np.array(["red", "blue", None], dtype=object), count)
    return {"number": number, "word": word, "other": RANDOM.normal(0, 1, count)}


def by_definition(rows: Columns, background: Columns) -> NDArray[np.float64]:
    """The mean of what a column adds, over all sets of the others, each weighted as Shapley says."""
    names = list(rows)
    count, size = len(rows[names[0]]), len(names)

    def worth(known: set[str]) -> NDArray[np.float64]:
        each_with_all = {
            name: np.repeat(rows[name], len(background[name])) if name in known else np.tile(background[name], count)
            for name in names
        }
        return answer(each_with_all).reshape(count, -1, 2).mean(axis=1)

    values = np.zeros((count, size, 2))
    for place, name in enumerate(names):
        others = [each for each in names if each != name]
        for known in (set(each) for length in range(size) for each in combinations(others, length)):
            weight = factorial(len(known)) * factorial(size - len(known) - 1) / factorial(size)
            values[:, place] += weight * (worth(known | {name}) - worth(known))
    return values


def test_the_values_are_those_of_the_definition() -> None:
    rows, background = some_rows(25), some_rows(400)
    values, base = shapley_values(answer, rows, background, seed=1)
    np.testing.assert_allclose(values, by_definition(rows, background), atol=0.25)
    np.testing.assert_allclose(base, answer(background).mean(axis=0))


def test_the_values_of_a_row_add_up_to_its_answer_and_another_seed_changes_little() -> None:
    rows, background = some_rows(10), some_rows(60)
    values, base = shapley_values(answer, rows, background, seed=1)
    np.testing.assert_allclose(base + values.sum(axis=1), answer(rows), atol=1e-9)
    np.testing.assert_array_equal(values, shapley_values(answer, rows, background, seed=1)[0])
    np.testing.assert_allclose(values, shapley_values(answer, rows, background, seed=2)[0], atol=1.5)


def test_a_column_that_the_model_does_not_heed_or_that_never_differs_has_no_value() -> None:
    rows, background = some_rows(10), some_rows(20)
    same = {"constant": np.full(10, None, dtype=object), "unheeded": RANDOM.random(10)}
    behind = {"constant": np.full(20, None, dtype=object), "unheeded": RANDOM.random(20)}
    values, _ = shapley_values(answer, {**rows, **same}, {**background, **behind}, seed=1)
    assert not values[:, 3:].any()


def compiled(use_case: UseCase, candidate: int = 1) -> tuple[OnnxModel, Prepared]:
    """A fitted and compiled candidate, and its rows."""
    prepared = prepare_rows(use_case, training_rows(use_case, 600))
    pipeline = build_pipeline(use_case, use_case.candidates[candidate], {}, seed=0)
    pipeline.fit(prepared.train.inputs, prepared.encoded(prepared.train))
    with quiet():
        return OnnxModel.load(compile_onnx(pipeline, prepared.contract), prepared.contract), prepared


def drawn(folder: Path, explained: Explained) -> dict[str, tuple[int, ...]]:
    """The pictures and their sizes."""
    write_explanation(folder, explained)
    return {path.name: matplotlib.image.imread(path).shape for path in sorted(folder.glob("*.png"))}


@pytest.mark.parametrize("use_case", [TINY, TWO, worded(TINY), worded(PRICED)], ids=["3", "2", "words", "number"])
def test_any_use_case_is_explained_and_drawn(use_case: UseCase, tmp_path: Path) -> None:
    if use_case is TWO:
        use_case = use_case.model_copy(update={"sample": lambda rows, seed: _without_edge(rows, seed)})
    model, prepared = compiled(use_case)
    contract, rows = prepared.contract, prepared.test.rows
    found = explain(model, contract, rows_to_explain(rows, contract))
    told = model.run({column.name: found.rows[column.name].to_numpy() for column in contract.columns})
    answers = told.values.reshape(-1, 1) if use_case is not TINY and not told.labels else told.probabilities
    np.testing.assert_allclose(
        found.base + found.values.sum(axis=1), answers[:, -len(found.base) :], rtol=1e-5, atol=1e-5
    )
    assert list(drawn(tmp_path, found)) == ["shap_bar.png", "shap_dependence.png", "shap_summary.png"]
    importance = json.loads((tmp_path / "shap.json").read_text())
    assert set(importance) == {column.name for column in use_case.columns}
    assert list(importance.values()) == sorted(importance.values(), reverse=True)


def _without_edge(rows: int, seed: int) -> pd.DataFrame:
    frame = TINY.sample(rows * 3, seed)
    return frame[frame["Kind"] != "2"].head(rows).reset_index(drop=True)


def test_of_two_classes_the_second_is_shown_and_of_more_the_one_expected_most() -> None:
    names = ("0", "1", "2")
    three = _explained(TINY.contract(names), [0.2, 0.5, 0.3])
    two = _explained(TINY.contract(names[:2]), [0.1])
    number = _explained(PRICED.contract(()), [250.0])
    assert (three.outputs, three.quantity) == (["Core", "Middle", "Edge"], "probability of “Middle”")
    assert (two.outputs, two.quantity) == (["Middle"], "probability of “Middle”")
    assert (number.outputs, number.quantity) == (["Price"], "Price (EUR)")


def _explained(contract: Contract, base: list[float], rows: int = 4, **columns: Any) -> Explained:  # noqa: ANN401
    sample = TINY.sample(rows, 1).astype({"Length": "float64", "Count": "float64"}).assign(**columns)
    sample = sample[[column.name for column in contract.columns]]
    values = RANDOM.normal(size=(rows, 3, len(base)))
    return Explained(contract, RowsToExplain(sample, sample), values, np.array(base))


@pytest.mark.parametrize(
    "columns",
    [
        {"Length": np.nan, "Colour": None},
        {"Length": [np.nan, 1.0, 1.0, 1.0], "Colour": ["", None, "red", "x" * 80]},
        {"Length": 5.0, "Count": 0.0},
    ],
    ids=["all missing", "some missing", "constant"],
)
def test_odd_columns_are_drawn_too(columns: dict[str, Any], tmp_path: Path) -> None:
    assert len(drawn(tmp_path, _explained(TINY.contract(("0", "1", "2")), [0.2, 0.5, 0.3], **columns))) == 3


def test_a_single_row_is_drawn_too(tmp_path: Path) -> None:
    assert len(drawn(tmp_path, _explained(PRICED.contract(()), [250.0], rows=1))) == 3


def test_many_classes_many_columns_and_many_words_still_fit_into_the_pictures(tmp_path: Path) -> None:
    columns = tuple(
        TINY.columns[0].model_copy(update={"name": f"C{each}", "label": "Long " * 20}) for each in range(40)
    )
    words = tuple(TINY.columns[2].model_copy(update={"name": f"W{each}", "categories": ()}) for each in range(3))
    classes = tuple(TINY.target.classes[0].model_copy(update={"value": f"v{each}"}) for each in range(30))
    contract = TINY.contract(("0", "1", "2")).model_copy(
        update={
            "columns": (*words, *columns),
            "target": TINY.target.model_copy(update={"classes": classes}),
            "trained_classes": tuple(each.value for each in classes),
        }
    )
    frame = pd.DataFrame({column.name: RANDOM.normal(size=50) for column in columns})
    frame = frame.assign(**{column.name: [f"word {each}" for each in range(50)] for column in words})
    values = RANDOM.normal(size=(50, 43, 30))
    values[:, :3] *= 5
    sizes = drawn(tmp_path, Explained(contract, RowsToExplain(frame, frame), values, np.full(30, 1 / 30)))
    assert all(height < 1_000 and width < 1_700 for height, width, _ in sizes.values())


def test_the_rows_come_back_as_they_were(tmp_path: Path) -> None:
    use_case = worded(TINY)
    contract = use_case.contract(("0", "1", "2"))
    kept = rows_to_explain(prepare_rows(use_case, training_rows(use_case, 600)).test.rows, contract)
    kept.save(tmp_path)
    found = RowsToExplain.load(tmp_path, contract)
    for one, other in zip(vars(kept).values(), vars(found).values(), strict=True):
        assert one["Code"].isna().any()
        pd.testing.assert_frame_equal(one.astype(dict(other.dtypes)).where(one.notna(), None), other)


def test_a_version_without_such_rows_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotServable, match=r"tiny has no explained_rows\.json: train it anew"):
        RowsToExplain.load(tmp_path, TINY.contract(("0", "1")))


@pytest.mark.parametrize("columns", [3, 12, 48, 200])
@pytest.mark.parametrize("answers", [MOST_ANSWERS, SLOW_ANSWERS])
def test_the_number_of_answers_is_bounded(columns: int, answers: int) -> None:
    contract = TINY.contract(("0", "1")).model_copy(
        update={"columns": tuple(TINY.columns[0].model_copy(update={"name": f"C{each}"}) for each in range(columns))}
    )
    rows = rows_to_explain(pd.DataFrame({f"C{each}": np.arange(500.0) for each in range(columns)}), contract, answers)
    asked = len(rows.explained) * len(rows.background) * columns
    assert asked <= answers or (len(rows.explained), len(rows.background)) == (30, 10)
    assert len(rows.explained) >= 30


def test_a_slow_model_is_asked_for_fewer_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    model, prepared = compiled(TINY)
    assert affordable(model, prepared.contract, prepared.test.rows) == MOST_ANSWERS
    monkeypatch.setattr("telar.pipeline.explanation.explaining.QUICK", 1e12)
    assert affordable(model, prepared.contract, prepared.test.rows) == SLOW_ANSWERS
