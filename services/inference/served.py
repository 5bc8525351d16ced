"""One model version in memory: its contract, its compiled validation and its ONNX session, never half of them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from services.inference.manifest import Manifest
from telar.adapters.onnx_model import OnnxModel, Scores
from telar.domain.contract import FILE_NAME as CONTRACT_FILE
from telar.domain.contract import Contract
from telar.domain.errors import DataError, FieldProblem, NotServable, RecordInvalid
from telar.domain.promotion import Parity
from telar.domain.records import record_model, validate

M = TypeVar("M", bound=BaseModel)
PARITY_FILE = "parity.json"
_DIGITS = 6
_SUM_TOLERANCE = 0.01


@dataclass(frozen=True)
class Prediction:
    """What a model says of one record; ``probabilities`` by class value, None for a regression."""

    prediction: str | float
    label: str
    probabilities: dict[str, float] | None


@dataclass(frozen=True)
class Served:
    """A version that passed its smoke test; a request takes one of these and looks at nothing else."""

    manifest: Manifest
    contract: Contract
    parity: Parity
    model: OnnxModel
    record: type[BaseModel]
    loaded_at: datetime

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def version(self) -> str:
        return self.manifest.version

    @cached_property
    def _labels(self) -> tuple[str, ...]:
        return tuple(self.contract.target.label_of(value) for value in self.contract.trained_classes)

    def validated(self, record: object) -> dict[str, Any]:
        """The record in its columns' types; RecordInvalid names every broken rule."""
        return validate(self.record, record)

    def validated_batch(self, records: list[object]) -> list[dict[str, Any]]:
        """All records in their columns' types; RecordInvalid names the index and field of every broken rule."""
        valid: list[dict[str, Any]] = []
        problems: list[FieldProblem] = []
        for index, record in enumerate(records):
            try:
                valid.append(validate(self.record, record))
            except RecordInvalid as error:
                problems += [FieldProblem(f"records.{index}.{p.field}", p.value, p.rule) for p in error.problems]
        if problems:
            raise RecordInvalid(problems)
        return valid

    def predict(self, records: list[dict[str, Any]]) -> list[Prediction]:
        """One prediction for each validated record.

        Raises:
            DataError: the model has no finite answer for a record.
        """
        columns = {column.name: [record[column.name] for record in records] for column in self.contract.columns}
        scores = self.model.run(columns)
        return self._numbers(scores) if self.contract.task == "regression" else self._classes(scores)

    def _classes(self, scores: Scores) -> list[Prediction]:
        classes, labels = self.contract.trained_classes, self._labels
        return [
            Prediction(classes[label], labels[label], dict(zip(classes, _rounded(row), strict=True)))
            for label, row in zip(scores.labels, scores.probabilities.tolist(), strict=True)
        ]

    def _numbers(self, scores: Scores) -> list[Prediction]:
        unit = self.contract.target.unit
        return [Prediction(value, f"{value:,.2f} {unit}".strip(), None) for value in _finite(scores.values.tolist())]


def load(folder: Path, manifest: Manifest) -> Served:
    """The version of a complete folder, smoke-tested on its contract's example.

    Raises:
        NotServable: what is missing, broken or wrong, by name.
    """
    which = f"version {manifest.version} of {manifest.name}"
    contract = _parsed(folder / CONTRACT_FILE, Contract, which)
    parity = _parsed(folder / PARITY_FILE, Parity, which)
    if contract.name != manifest.name:
        raise NotServable(f"{which}: its contract is that of {contract.name}; register it under its own name")
    served = Served(
        manifest=manifest,
        contract=contract,
        parity=parity,
        model=OnnxModel.load(folder, contract, threads=1),
        record=record_model(contract),
        loaded_at=datetime.now(UTC),
    )
    _smoke_test(served, which)
    return served


def _smoke_test(served: Served, which: str) -> None:
    """Whatever a strange artifact raises on its own example, it must not be served."""
    try:
        (prediction,) = served.predict([served.validated(served.contract.example)])
    except Exception as error:  # ours, pydantic's and onnxruntime's have no common root but Exception
        raise NotServable(f"{which} fails on its contract's example: {type(error).__name__}: {error}") from error
    total = sum(prediction.probabilities.values()) if prediction.probabilities is not None else 1.0
    if abs(total - 1.0) > _SUM_TOLERANCE:
        raise NotServable(f"{which}: the probabilities of its contract's example sum to {total:.4f}, not to 1")


def _parsed(path: Path, kind: type[M], which: str) -> M:
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise NotServable(f"{which} has no {path.name}; register it by Telar's pipeline") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise NotServable(f"{which}: {path.name} cannot be read: {where}: {first['msg']}") from error


def _rounded(probabilities: list[float]) -> list[float]:
    return [round(each, _DIGITS) for each in _finite(probabilities)]


def _finite(values: list[float]) -> list[float]:
    if not all(map(isfinite, values)):
        raise DataError("the model has no finite answer for this record; a number in it is too large for the model")
    return values
