"""A column's name with a hyphen is the name of the compiled model's input, too, whatever skl2onnx makes of it."""

import numpy as np
import onnx
import pandas as pd
import pytest

from telar.adapters.onnx_model import OnnxModel
from telar.domain.candidates import Average
from telar.domain.columns import Column
from telar.domain.features import Hypotenuse, TargetEncoding
from telar.domain.use_case import UseCase
from telar.pipeline.training.choice import choose
from telar.pipeline.training.compile import compile_onnx
from telar.pipeline.training.parity import check_parity
from telar.pipeline.training.rows import Prepared, prepare_rows
from telar.pipeline.training.search import search
from tests.support.priced import PRICED, training_rows
from tests.support.tiny import TINY

NAMES = {"Length": "a-b", "Colour": "colour-of-it"}
BESIDE = ("a_b", "a_b1", "colour_of_it")  # what skl2onnx writes instead


def hyphened(use_case: UseCase) -> UseCase:
    """That use case with hyphens in two of its columns, beside columns whose names are theirs without."""

    def sample(rows: int, seed: int) -> pd.DataFrame:
        return (
            use_case.sample(rows, seed).rename(columns=NAMES).assign(**{name: np.arange(rows) % 7 for name in BESIDE})
        )

    columns = [each.model_copy(update={"name": NAMES.get(each.name, each.name)}) for each in use_case.columns]
    beside = [Column(name=name, kind="integer", label=name) for name in BESIDE]
    changed = {
        "columns": (*columns, *beside),
        "sample": sample,
        "features": (
            Hypotenuse(name="far-off", left="a-b", right="Count"),
            TargetEncoding(name="worth", column="colour-of-it", keep=True),
        ),
        "averages": (Average(name="both", members=tuple(each.name for each in use_case.candidates)),),
        "example": {NAMES.get(name, name): value for name, value in use_case.example.items()}
        | dict.fromkeys(BESIDE, 1),
    }
    return use_case.model_copy(update=changed)


def prepared(use_case: UseCase) -> Prepared:
    return prepare_rows(use_case, training_rows(use_case))


@pytest.mark.parametrize("use_case", [TINY, PRICED], ids=lambda each: each.name)
def test_every_model_is_served_under_the_real_names_and_says_the_same(use_case: UseCase) -> None:
    definition = hyphened(use_case)
    rows = prepared(definition)
    for contender in search(definition, rows, 1):
        compiled = compile_onnx(contender.best.pipeline, rows.contract)
        inputs = [each.name for each in onnx.load_model_from_string(compiled).graph.input]
        assert inputs == [column.name for column in definition.columns]
        onnx.checker.check_model(compiled)
        assert check_parity(contender.best.pipeline, compiled, rows.test.rows, rows.contract, definition.gate)


def test_each_input_reaches_the_step_that_it_is_meant_for() -> None:
    """The hyphened column is the one that the answer follows; the columns beside it say nothing."""
    definition = hyphened(PRICED)
    rows = prepared(definition)
    best = choose(definition, search(definition, rows, 1)).contender.best
    model = OnnxModel.load(compile_onnx(best.pipeline, rows.contract), rows.contract)
    record = {name: [value, value] for name, value in definition.example.items()}
    prices = model.run(record | {"a-b": [2.0, 8.0]}).values
    others = model.run(record | {name: [0, 6] for name in BESIDE}).values
    assert prices[1] - prices[0] == pytest.approx(30 * 6, rel=0.1)
    assert others[1] - others[0] == pytest.approx(0, abs=5)
