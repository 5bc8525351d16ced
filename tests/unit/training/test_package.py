"""The saved scikit-learn form answers as the fitted one, without a pickle."""

from pathlib import Path

import mlflow.sklearn
import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from telar.domain.contract import Contract
from telar.domain.promotion import Parity
from telar.domain.use_case import UseCase
from telar.pipeline.features import build_pipeline
from telar.pipeline.profiling import profile
from telar.pipeline.training.compile import compile_onnx
from telar.pipeline.training.package import SKLEARN_FOLDER, write_model
from telar.pipeline.training.quiet import quiet
from telar.pipeline.training.rows import Prepared, prepare_rows
from tests.support.priced import PRICED, training_rows
from tests.support.worded import worded

SAME = Parity(rows=1, label_agreement=1, max_probability_difference=0)


@pytest.mark.parametrize("candidate", PRICED.candidates, ids=lambda each: each.name)
def test_words_and_logarithms_are_in_the_saved_pipeline(candidate: object, tmp_path: Path) -> None:
    use_case = worded(PRICED).model_copy(update={"target_scale": "log", "candidates": (candidate,)})
    prepared = prepare_rows(use_case, training_rows(use_case, 600))
    pipeline = _fitted(use_case, prepared)
    loaded = saved_and_loaded(tmp_path / "model", pipeline, prepared, prepared.contract)
    answers = loaded.predict(prepared.test.inputs)
    np.testing.assert_array_equal(answers, pipeline.predict(prepared.test.inputs))
    assert np.median(np.abs(answers / prepared.test.target - 1)) < 0.2, "in the target's unit"


def saved_and_loaded(folder: Path, pipeline: Pipeline, prepared: Prepared, contract: Contract) -> Pipeline:
    """The scikit-learn form of the version's folder, as a notebook loads it."""
    shape = profile(prepared.train.rows, contract.columns)
    with quiet():
        write_model(folder, compile_onnx(pipeline, contract), pipeline, contract, shape, SAME)
        return mlflow.sklearn.load_model(str(folder / SKLEARN_FOLDER))


def _fitted(use_case: UseCase, prepared: Prepared) -> Pipeline:
    pipeline = build_pipeline(use_case, use_case.candidates[0], {}, seed=0)
    return pipeline.fit(prepared.train.inputs, prepared.encoded(prepared.train))
