"""A metric by how often each row was drawn is the metric of the rows drawn, whatever was drawn."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from telar.adapters.onnx_model import Scores
from telar.domain.metrics import gain
from telar.pipeline.training.evaluate import Said, bootstrap_gain
from telar.pipeline.training.metrics import CLASSIFICATION, REGRESSION, Counted
from tests.support.priced import PRICED

METRICS = {**CLASSIFICATION, **REGRESSION}


@pytest.mark.parametrize("metric", CLASSIFICATION)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 40), classes=st.integers(2, 4), coarse=st.booleans())
def test_a_metric_of_classes_is_that_of_the_rows_drawn(
    metric: str, seed: int, rows: int, classes: int, coarse: bool
) -> None:
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, rows)
    probabilities = random.dirichlet(np.ones(classes), rows)
    _check(metric, truth, np.round(probabilities, 1) if coarse else probabilities, random)


@pytest.mark.parametrize("metric", REGRESSION)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 40), coarse=st.booleans())
def test_a_metric_of_numbers_is_that_of_the_rows_drawn(metric: str, seed: int, rows: int, coarse: bool) -> None:
    random = np.random.default_rng(seed)
    truth, values = random.normal(1, 1, (2, rows))
    _check(metric, np.round(truth) if coarse else truth, np.round(values) if coarse else values, random)


@pytest.mark.parametrize("metric", REGRESSION)
def test_the_interval_of_a_gain_is_the_one_that_drawing_the_rows_gives(metric: str) -> None:
    truth, near, far = _prices(300)
    random = np.random.default_rng(0)
    drawn = [random.integers(0, 300, 300) for _ in range(500)]
    gains = [
        gain(metric, _of_rows(metric, truth[each], near[each]), _of_rows(metric, truth[each], far[each]))
        for each in drawn
    ]
    found = bootstrap_gain(metric, pd.Series(truth), _said(near), _said(far))
    assert found == pytest.approx(tuple(np.quantile(gains, [0.025, 0.975])))


def test_what_each_row_says_is_worked_out_once_for_all_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    truth, near, far = _prices(300)
    asked: list[int] = []

    def counting(*said: NDArray[np.float64]) -> Counted:
        asked.append(len(said[0]))
        return METRICS["mae"](*said)

    monkeypatch.setitem(REGRESSION, "mae", counting)
    low, high = bootstrap_gain("mae", pd.Series(truth), _said(near), _said(far))
    assert asked == [300, 300]
    assert 0 < low < high


def _check(
    metric: str,
    truth: NDArray[np.int64] | NDArray[np.float64],
    outputs: NDArray[np.float64],
    random: np.random.Generator,
) -> None:
    drawn = random.integers(0, len(truth), len(truth))
    expected = _of_rows(metric, truth[drawn], outputs[drawn])
    found = METRICS[metric](truth, outputs)(np.bincount(drawn, minlength=len(truth)))
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True)


def _of_rows(metric: str, truth: NDArray[np.int64] | NDArray[np.float64], outputs: NDArray[np.float64]) -> float:
    """The metric of those rows themselves, each once."""
    return METRICS[metric](truth, outputs)(np.ones(len(truth), dtype=np.int64))


def _prices(rows: int) -> NDArray[np.float64]:
    random = np.random.default_rng(1)
    truth = random.lognormal(12, 0.5, rows)
    return np.array([truth, truth * random.lognormal(0, 0.1, rows), truth * random.lognormal(0, 0.2, rows)])


def _said(values: NDArray[np.float64]) -> Said:
    return Said(PRICED.contract(()), Scores([], np.empty((len(values), 0), np.float32), values))
