"""Whether every candidate can be compiled, found out on 500 rows before the search spends its time."""

from typing import Any

from skl2onnx import supported_converters
from sklearn.base import BaseEstimator
from sklearn.utils import all_estimators

from telar.adapters.onnx_model import OnnxModel
from telar.domain.candidates import Candidate
from telar.domain.errors import NotConvertible
from telar.domain.use_case import UseCase
from telar.pipeline.features import build_pipeline
from telar.pipeline.training.compile import compile_onnx
from telar.pipeline.training.fitting import fit
from telar.pipeline.training.quiet import quiet
from telar.pipeline.training.rows import Prepared, capped
from telar.pipeline.training.search import SEED, draws

PROBE_ROWS = 500
PROBE_MEMBERS = 3


def check_convertible(use_case: UseCase, prepared: Prepared) -> None:
    """Fits each candidate small, compiles it and runs it once.

    Raises:
        NotConvertible: names the candidate, what ONNX cannot express, and the estimators that it can.
    """
    for candidate in use_case.candidates:
        try:
            _probe(use_case, prepared, candidate)
        except NotConvertible as error:
            raise NotConvertible(
                f"{use_case.name}: candidate {candidate.name} ({candidate.estimator}) cannot be served: {error}; "
                f"choose among {', '.join(convertible(use_case.task))}"
            ) from error


def convertible(task: str) -> list[str]:
    """The names of scikit-learn's estimators for a task that have an ONNX form."""
    kind = "classifier" if task == "classification" else "regressor"
    known = set(supported_converters(from_sklearn=True))
    return [name for name, _ in all_estimators(type_filter=kind) if name in known]


def _probe(use_case: UseCase, prepared: Prepared, candidate: Candidate) -> None:
    target = prepared.encoded(prepared.train)
    places = capped(target, PROBE_ROWS, use_case.task == "classification", SEED)
    pipeline = build_pipeline(use_case, candidate, draws(candidate)[0], SEED)
    pipeline.set_params(**_small(pipeline))
    with quiet():
        fit(pipeline, candidate, prepared.train.inputs.iloc[places], target[places])
    model = OnnxModel.load(compile_onnx(pipeline, prepared.contract), prepared.contract)
    rows = prepared.train.rows.iloc[:10]
    model.run({column.name: rows[column.name].to_numpy() for column in use_case.columns})


def _small(pipeline: BaseEstimator) -> dict[str, Any]:
    """The parameters that make an ensemble of 3 members: its form in ONNX is that of a large one."""
    found = pipeline.get_params(deep=True)
    boosting = {name.removesuffix("max_leaf_nodes") for name in found if name.endswith("max_leaf_nodes")}
    small = {name: PROBE_MEMBERS for name in found if name.endswith("__n_estimators")}
    small |= {f"{owner}max_iter": PROBE_MEMBERS for owner in boosting if f"{owner}max_iter" in found}
    return small
