"""Words are grouped and encoded as said, without leaking, and their ONNX forms do the same."""

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.base import BaseEstimator
from sklearn.model_selection import KFold
from sklearn.preprocessing import TargetEncoder

from telar.domain.groups import Group
from telar.pipeline.features import register
from telar.pipeline.features.words import FOLDS, DigitWords, GroupWords, TargetWords
from telar.pipeline.training.compile import OPSETS

GROUPS = (
    Group(name="diabetes", ranges=((250, 250),)),
    Group(name="heart", ranges=((390, 459), (785, 785))),
    Group(name="care", prefixes=("V", "é")),
    Group(name="both", values=("odd",), prefixes=("25",)),
)
CODES = ["250.83", "250", "2500", "V57", "459.9", "460", "odd", "E1", "", "25x", "élan", "0785", "new\nline"]
GROUPED = ["diabetes", "diabetes", "both", "care", "heart", "other", "both", "other", "", "both", "care", "heart"]
EXPECTED = [*GROUPED, "other"]
RANDOM = np.random.default_rng(3)
SHOPS = np.array([f"s{each}" for each in RANDOM.integers(0, 30, 900)] + [""] * 100, dtype=object).reshape(-1, 1)
WORTH = {word: RANDOM.normal(100, 20) for word in np.unique(SHOPS)}
PRICES = np.array([WORTH[word] for word in SHOPS[:, 0]]) + RANDOM.normal(0, 5, 1_000)


def test_a_word_becomes_the_first_group_that_it_belongs_to() -> None:
    assert _grouping().fit_transform(_column(CODES))[:, 0].tolist() == EXPECTED


def test_without_an_other_a_word_stays_itself_and_what_is_missing_stays_missing() -> None:
    found = _grouping(other=None).fit_transform(np.array([["E1", "V1"], [None, np.nan]], dtype=object))
    assert found.tolist() == [["E1", "care"], ["", ""]]


@pytest.mark.parametrize("other", ["other", None])
def test_grouping_in_onnx_is_the_same_for_codes_seen_and_unseen(other: str | None) -> None:
    step = _grouping(other).fit(_column(["250"]))
    np.testing.assert_array_equal(_run(step, _column(CODES)), step.transform(_column(CODES)))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(alphabet="0123456789.VEé-|( \n", max_size=7), min_size=1, max_size=40))
def test_grouping_in_onnx_is_the_same_for_any_text(words: list[str]) -> None:
    step = _grouping().fit(_column(words))
    np.testing.assert_array_equal(_run(step, _column(words)), step.transform(_column(words)))


def test_whole_numbers_are_words_in_onnx_too_and_a_missing_one_stays_missing() -> None:
    numbers = np.array([[601.0, np.nan], [-0.0, 16_777_215], [np.nan, -7]], dtype=np.float32)
    step = DigitWords().fit(numbers)
    assert step.transform(numbers).tolist() == [["601", ""], ["0", "16777215"], ["", "-7"]]
    np.testing.assert_array_equal(_run(step, numbers), step.transform(numbers))


def test_the_means_are_those_of_scikit_learn_from_the_other_folds_while_fitting() -> None:
    theirs = TargetEncoder(target_type="continuous", cv=KFold(FOLDS, shuffle=True, random_state=5))
    ours = TargetWords(min_rows=1, random_state=5)
    np.testing.assert_allclose(ours.fit_transform(SHOPS, PRICES), theirs.fit_transform(SHOPS, PRICES), rtol=1e-6)
    np.testing.assert_allclose(ours.transform(SHOPS), theirs.transform(SHOPS), rtol=1e-6)
    assert ours.transform(SHOPS).dtype == np.float32


def test_words_that_say_nothing_of_the_target_do_not_leak_it_while_fitting() -> None:
    words, noise = _column([f"w{each}" for each in range(500)] * 2), RANDOM.normal(0, 1, 1_000)
    encoder = TargetWords(min_rows=1, random_state=0)
    crossed = encoder.fit_transform(words, noise)[:, 0]
    assert abs(np.corrcoef(crossed, noise)[0, 1]) < 0.1
    assert np.corrcoef(encoder.transform(words)[:, 0], noise)[0, 1] > 0.5, "means of the rows' own target would"


@pytest.mark.parametrize("kind", ["number", "logarithm", "two classes", "three classes"])
def test_means_in_onnx_are_the_same_bits_for_words_seen_and_unseen_and_missing(kind: str) -> None:
    words = np.hstack([SHOPS, SHOPS[::-1]])
    target = {"two classes": PRICES > 100, "three classes": np.digitize(PRICES, [90, 110])}.get(kind, PRICES)
    encoder = TargetWords(classes="classes" in kind, log=kind == "logarithm", random_state=0).fit(words, target)
    asked = np.vstack([words, [["never", "s1"], ["", "nowhere"]]])
    found = _run(encoder, asked)
    assert found.shape == (len(asked), 6 if kind == "three classes" else 2)
    np.testing.assert_array_equal(found, encoder.transform(asked))


def test_new_and_rare_words_get_the_mean_of_all_rows() -> None:
    words = SHOPS.copy()
    words[:9, 0] = "rare"
    encoder = TargetWords(min_rows=10, random_state=0)
    crossed = encoder.fit_transform(words, PRICES)
    asked = encoder.transform(_column(["rare", "never seen before"]))
    np.testing.assert_allclose(asked, PRICES.mean(), rtol=1e-6)
    np.testing.assert_allclose(crossed[:9], PRICES.mean(), rtol=1e-6)


def test_each_class_has_its_share_as_a_mean() -> None:
    target = np.digitize(PRICES, [90, 110])
    encoder = TargetWords(classes=True, random_state=0).fit(SHOPS, target)
    shares = encoder.transform(_column(["never", "s1"]))
    np.testing.assert_allclose(shares[0], np.bincount(target) / len(target), rtol=1e-6)
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-5)


def test_prices_in_whole_numbers_are_numbers_and_no_classes() -> None:
    found = TargetWords(random_state=0).fit_transform(SHOPS, np.round(PRICES))
    assert found.shape == (1_000, 1)


def test_a_column_that_is_all_missing_or_has_no_frequent_word_is_encoded_too() -> None:
    words = np.column_stack([np.full(1_000, ""), [f"w{each}" for each in range(1_000)]]).astype(object)
    encoder = TargetWords(random_state=0).fit(words, PRICES)
    np.testing.assert_allclose(encoder.transform(words), PRICES.mean(), rtol=1e-5)
    np.testing.assert_array_equal(_run(encoder, words), encoder.transform(words))


def _grouping(other: str | None = "other") -> GroupWords:
    return GroupWords([group.name for group in GROUPS], [group.pattern for group in GROUPS], other)


def _column(words: list[str]) -> NDArray[np.object_]:
    return np.array(words, dtype=object).reshape(-1, 1)


def _run(step: BaseEstimator, rows: NDArray[np.object_] | NDArray[np.float32]) -> NDArray[np.float32]:
    register()
    width = (StringTensorType if rows.dtype == object else FloatTensorType)([None, rows.shape[1]])
    graph = to_onnx(step, initial_types=[("rows", width)], target_opset=OPSETS)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    result: NDArray[np.float32] = session.run(None, {"rows": rows})[0]
    return result
