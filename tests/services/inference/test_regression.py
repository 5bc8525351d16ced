"""A model that predicts a number: its answer has a unit and no probabilities."""

import asyncio
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline

from services.inference.gathering import Gathering
from services.inference.manifest import Manifest
from services.inference.served import Prediction, Served, load
from telar.domain.columns import Column, Target
from telar.domain.contract import Contract
from telar.domain.errors import DataError
from telar.domain.promotion import Parity

COLUMNS = (
    Column(name="Size", kind="number", label="Size", unit="m²", minimum=0),
    Column(name="Rooms", kind="integer", label="Rooms", nullable=True),
)
CONTRACT = Contract(
    name="homes",
    title="Homes",
    task="regression",
    columns=COLUMNS,
    target=Target(name="Price", label="Price", unit="EUR"),
    trained_classes=(),
    example={"Size": 80, "Rooms": 3},
    digest="0",
)


@pytest.fixture
def served(tmp_path: Path) -> Served:
    """Price = 1000 Size + 5000 Rooms, exactly."""
    rows = pd.DataFrame({"Size": [50.0, 80, 100, 30], "Rooms": [2.0, 3, 5, 1]}, dtype=np.float32)
    pipeline = make_pipeline(make_column_transformer(("passthrough", ["Size", "Rooms"])), LinearRegression())
    pipeline.fit(rows, 1000 * rows["Size"] + 5000 * rows["Rooms"])
    kinds = [(column.name, FloatTensorType([None, 1])) for column in COLUMNS]
    final = [("value", FloatTensorType([None, 1]))]
    graph = convert_sklearn(pipeline, initial_types=kinds, final_types=final, target_opset={"": 18, "ai.onnx.ml": 3})
    files = {
        "model.onnx": graph.SerializeToString(),
        "contract.json": CONTRACT.model_dump_json().encode(),
        "parity.json": Parity(rows=1, label_agreement=1, max_probability_difference=0).model_dump_json().encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return load(tmp_path, Manifest(name="homes", version="1", source="", run_id="", metrics={}, tags={}, files=digests))


def test_a_number_is_told_with_its_unit(served: Served) -> None:
    (prediction,) = served.predict([served.validated({"Size": 60, "Rooms": 2})])
    assert prediction.prediction == pytest.approx(70_000, rel=1e-4)
    assert prediction.label.endswith(" EUR")
    assert prediction.probabilities is None


def test_a_record_without_a_finite_answer_is_refused(served: Served) -> None:
    record = served.validated({"Size": 60, "Rooms": None})
    with pytest.raises(DataError, match="no finite answer"):
        served.predict([record])


def test_records_of_one_moment_get_each_its_own_answer_and_only_the_bad_one_gets_none(served: Served) -> None:
    records = [{"Size": float(size), "Rooms": None if size == 70 else 2} for size in range(30, 130)]

    async def ask_all() -> list[Prediction | BaseException]:
        gathering = Gathering()
        asked = (gathering.predict(served, served.validated(record)) for record in records)
        return await asyncio.gather(*asked, return_exceptions=True)

    for record, answer in zip(records, asyncio.run(ask_all()), strict=True):
        if record["Rooms"] is None:
            assert isinstance(answer, DataError)
        else:
            assert isinstance(answer, Prediction)
            assert answer.prediction == pytest.approx(1000 * float(record["Size"] or 0) + 10_000, rel=1e-4)
