"""Which contender becomes the model, and which ones are findings instead."""

from dataclasses import dataclass

from telar.domain.errors import TrainingError
from telar.domain.metrics import gain
from telar.domain.use_case import UseCase
from telar.pipeline.training.search import Contender


@dataclass(frozen=True)
class Chosen:
    """The contender that is compiled; ``findings`` say, by candidate, why another cannot be a model."""

    contender: Contender
    findings: dict[str, str]


def choose(use_case: UseCase, contenders: list[Contender]) -> Chosen:
    """The contender with the best primary metric on the validation rows; the first of equals.

    One that does worse than the best baseline is a finding, never a model: something in it collapsed.

    Raises:
        TrainingError: there is no contender.
    """
    metric = use_case.primary_metric
    baselines = [each for each in contenders if each.best.candidate.baseline]
    findings = _findings(metric, contenders, _best(metric, baselines)) if baselines else {}
    rest = [each for each in contenders if each.best.candidate.name not in findings]
    if not rest:
        raise TrainingError(f"{use_case.name}: no candidate was fitted; name at least one in the use case")
    return Chosen(_best(metric, rest), findings)


def _best(metric: str, contenders: list[Contender]) -> Contender:
    best = contenders[0]
    for each in contenders[1:]:
        best = each if gain(metric, _value(metric, each), _value(metric, best)) > 0 else best
    return best


def _findings(metric: str, contenders: list[Contender], floor: Contender) -> dict[str, str]:
    least = _value(metric, floor)
    return {
        each.best.candidate.name: f"validation {metric} {_value(metric, each):.4f} is worse than {least:.4f} of the "
        f"baseline {floor.best.candidate.name}: a finding, not a model"
        for each in contenders
        if not each.best.candidate.baseline and gain(metric, _value(metric, each), least) < 0
    }


def _value(metric: str, each: Contender) -> float:
    return each.best.metrics[metric]
