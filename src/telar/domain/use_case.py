"""The one definition that drives everything: DAG, tables, feed, contract, route, form and model of a data set."""

import hashlib
import inspect
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from telar.domain.base import Value
from telar.domain.benchmark import Benchmark
from telar.domain.candidates import Average, Candidate, check_contenders
from telar.domain.columns import Column, Target
from telar.domain.contract import Contract
from telar.domain.features import Feature, check_features
from telar.domain.metrics import GREATER_IS_BETTER
from telar.domain.records import record_model, validate
from telar.domain.rules import DriftRules, GateRules, QualityRules
from telar.domain.sources import DataApiSource, PublishedSource, Selection, Source, Where

if TYPE_CHECKING:
    from pandas import DataFrame as Frame
else:
    Frame = Any

__all__ = ["DataApiSource", "PublishedSource", "Selection", "Source", "UseCase", "Where"]


class UseCase(Value):
    """A data set, from its source to the model that answers for it.

    ``clean(frame)`` gets typed rows (numbers float64, categories str, missing NaN/None; the target as str or float)
    under a unique index, and returns the rows that may be trained on: it drops rows, never makes columns.
    ``read_table(frame)`` turns a published file of another form into rows of the API's form.
    ``sample(rows, seed)`` generates rows of the API's form for a machine without data or internet.
    ``target_scale`` is that on which a regression learns; its answers and metrics stay in the target's unit.
    ``partition_key`` are the columns whose values keep rows together in one partition (empty: the whole row).
    ``missing`` are the texts that the source writes where it knows nothing, such as "?"; raw rows keep them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
    title: str
    description: str
    task: Literal["classification", "regression"]
    source: Source
    columns: tuple[Column, ...]
    target: Target
    clean: Callable[[Frame], Frame]
    sample: Callable[[int, int], Frame]
    read_table: Callable[[Frame], Frame] | None = None
    partition_key: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    target_scale: Literal["linear", "log"] = "linear"
    features: tuple[Feature, ...] = ()
    candidates: tuple[Candidate, ...]
    averages: tuple[Average, ...] = ()
    benchmark: Benchmark | None = None
    primary_metric: str
    guard_metrics: tuple[str, ...] = ()
    quality: QualityRules = QualityRules()
    drift: DriftRules = DriftRules()
    gate: GateRules
    schedule: str = "*/5 * * * *"
    example: dict[str, JsonValue]

    @property
    def names(self) -> tuple[str, ...]:
        """Every column of the source in its order, the target last."""
        return (*(column.name for column in self.columns), self.target.name)

    def contract(self, trained_classes: tuple[str, ...]) -> Contract:
        """What a model trained from this definition promises."""
        return Contract(
            name=self.name,
            title=self.title,
            task=self.task,
            columns=self.columns,
            target=self.target,
            trained_classes=trained_classes,
            example=self.example,
            digest=self.digest,
        )

    @property
    def digest(self) -> str:
        """Twelve hex digits over what shapes a clean row: columns, target, partitions and the code of ``clean``."""
        shape = {
            "columns": [column.model_dump(mode="json") for column in self.columns],
            "target": self.target.model_dump(mode="json"),
            "partition_key": self.partition_key,
            "clean": inspect.getsource(self.clean),
        } | ({"missing": self.missing} if self.missing else {})
        return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:12]

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        known = {column.name for column in self.columns}
        if len(known) != len(self.columns) or self.target.name in known:
            raise ValueError(f"use case {self.name}: a column stands twice; names of columns and target must differ")
        try:
            check_features(self.features, self.columns)
            check_contenders(self.candidates, self.averages, self.task)
            if self.benchmark:
                check_contenders(self.benchmark.candidates, self.benchmark.averages, self.task)
        except ValueError as error:
            raise ValueError(f"use case {self.name}: {error}") from error
        selected = {rule.column for each in getattr(self.source, "selections", ()) for rule in each.where}
        if unknown := selected - {*known, self.target.name}:
            raise ValueError(f"use case {self.name}: a selection of the source names unknown column {sorted(unknown)}")
        if unknown := set(self.partition_key) - known:
            raise ValueError(f"use case {self.name}: partition_key names unknown column {sorted(unknown)}")
        named = (self.benchmark.metric,) if self.benchmark else ()
        for metric in (*named, self.primary_metric, *self.guard_metrics, *(guard.metric for guard in self.gate.guards)):
            if metric not in GREATER_IS_BETTER:
                raise ValueError(f"use case {self.name}: unknown metric {metric}; one of {sorted(GREATER_IS_BETTER)}")
        if self.task == "classification" and len(self.target.classes) < 2:
            raise ValueError(f"use case {self.name}: a classification needs at least two target classes")
        if self.task == "classification" and self.target_scale == "log":
            raise ValueError(f"use case {self.name}: classes have no logarithm; set target_scale='linear'")
        validate(record_model(self.contract(self.target.values)), self.example)
        return self
