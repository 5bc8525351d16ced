"""Each engineered column is what the vocabulary says, and its ONNX form computes the same bits."""

from typing import get_args

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.pipeline import Pipeline

from telar.domain.features import Cosine, Difference, Feature, Grouping, Hypotenuse, Log, Sine, Sum, TargetEncoding
from telar.pipeline.features import register
from telar.pipeline.features.onnx_forms import _FORMS
from telar.pipeline.features.steps import AppendedColumn, step_for
from telar.pipeline.training.compile import OPSETS

FEATURES = (
    Sum(name="n", left="a", right="b"),
    Difference(name="n", left="a", right="b"),
    Hypotenuse(name="n", left="a", right="b"),
    Sine(name="n", column="a"),
    Cosine(name="n", column="b"),
    Log(name="n", column="a"),
)
ODD = np.array([[0, 0], [3, 4], [-3, 0.5], [np.nan, 1], [90, 180], [360, -45], [1e20, 3e38]], dtype=np.float32)


def test_every_word_of_the_vocabulary_has_a_transformer_and_an_onnx_form() -> None:
    kinds = set(get_args(get_args(Feature)[0]))
    assert {type(feature) for feature in FEATURES} == kinds - {Grouping, TargetEncoding}
    assert {type(step_for(feature, ["a", "b"])) for feature in FEATURES} == set(_FORMS)


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        (FEATURES[0], [0, 7, -2.5]),
        (FEATURES[1], [0, -1, -3.5]),
        (FEATURES[2], [0, 5, np.hypot(3, 0.5)]),
        (FEATURES[3], [0, np.sin(np.radians(3)), np.sin(np.radians(-3))]),
        (FEATURES[4], [1, np.cos(np.radians(4)), np.cos(np.radians(0.5))]),
        (FEATURES[5], [0, np.log(4), np.nan]),
    ],
    ids=lambda value: value.step if hasattr(value, "step") else "",
)
def test_a_column_holds_what_its_word_says(feature: Feature, expected: list[float]) -> None:
    out = step_for(feature, ["a", "b"]).fit(ODD).transform(ODD[:3])
    np.testing.assert_array_equal(out[:, :2], ODD[:3])
    np.testing.assert_allclose(out[:, 2], expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.step)
def test_a_missing_operand_makes_a_missing_value(feature: Feature) -> None:
    nothing = np.full((2, 2), np.nan, dtype=np.float32)
    assert np.isnan(step_for(feature, ["a", "b"]).fit(nothing).transform(nothing)[:, 2]).all()


@settings(max_examples=40, deadline=None)
@given(
    place=st.integers(0, len(FEATURES) - 1),
    rows=arrays.arrays(
        np.float32, st.tuples(st.integers(1, 30), st.just(2)), elements=st.floats(-1e4, 1e4, width=32) | st.just(np.nan)
    ),
)
def test_the_onnx_form_computes_the_same_bits(place: int, rows: NDArray[np.float32]) -> None:
    step = step_for(FEATURES[place], ["a", "b"]).fit(rows)
    np.testing.assert_array_equal(_run(Pipeline([("step", step)]), rows), step.transform(rows))


@pytest.mark.parametrize("feature", FEATURES[:3], ids=lambda feature: feature.step)
def test_the_onnx_form_agrees_on_odd_numbers(feature: Feature) -> None:
    step = step_for(feature, ["a", "b"]).fit(ODD)
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(_run(Pipeline([("step", step)]), ODD), step.transform(ODD))


@pytest.mark.parametrize("feature", FEATURES[3:5], ids=lambda feature: feature.step)
def test_every_whole_degree_has_the_same_sine_in_onnx(feature: Feature) -> None:
    degrees = np.arange(-720, 721, dtype=np.float32)
    rows = np.column_stack([degrees, degrees])
    step = step_for(feature, ["a", "b"]).fit(rows)
    np.testing.assert_array_equal(_run(Pipeline([("step", step)]), rows), step.transform(rows))


def test_a_feature_may_be_made_of_another() -> None:
    rows = np.array([[3, 4], [1, 2]], dtype=np.float32)
    steps: list[tuple[str, AppendedColumn]] = [
        ("one", step_for(Sum(name="c", left="a", right="b"), ["a", "b"])),
        ("two", step_for(Difference(name="d", left="c", right="a"), ["a", "b", "c"])),
    ]
    pipeline = Pipeline(steps).fit(rows)
    np.testing.assert_array_equal(pipeline.transform(rows), [[3, 4, 7, 4], [1, 2, 3, 2]])
    np.testing.assert_array_equal(_run(pipeline, rows), pipeline.transform(rows))


def _run(pipeline: Pipeline, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    register()
    graph = to_onnx(pipeline, initial_types=[("rows", FloatTensorType([None, 2]))], target_opset=OPSETS)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    result: NDArray[np.float32] = session.run(None, {"rows": rows})[0]
    return result
