"""The last question that a person asked a model in this session, and how it ended."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from services.portal.form import FormField, record_of, split_problems
from services.portal.models import LoadedModel, Models, Prediction
from telar.domain.errors import FieldProblem, ServiceRefused, TelarError


@dataclass(frozen=True)
class Asked:
    """Either the ``prediction``, or the ``error`` with the broken rules by field (``rules``) and the ``others``."""

    prediction: Prediction | None = None
    error: TelarError | None = None
    rules: dict[str, str] = field(default_factory=dict)
    others: list[FieldProblem] = field(default_factory=list)


def form_key(model: LoadedModel, name: str = "") -> str:
    """Where the session keeps a field of this version's form: another version begins with an empty one."""
    return f"form/{model.name}/{model.version}/{name}"


def ask_model(models: Models, model: LoadedModel, fields: list[FormField], values: Mapping[str, Any]) -> Asked:
    """Sends what the form holds (``values`` by column) and keeps what came back, be it a prediction or an error."""
    try:
        return Asked(prediction=models.predict(model, record_of(fields, values)))
    except ServiceRefused as error:
        rules, others = split_problems(fields, error.problems)
        return Asked(error=error, rules=rules, others=others)
    except TelarError as error:
        return Asked(error=error)


def filler(state: MutableMapping[str | int, Any], model: LoadedModel, values: dict[str, Any]) -> Callable[[], None]:
    """A callback that puts ``values`` into the form and forgets the last answer."""

    def fill() -> None:
        for name, value in values.items():
            state[form_key(model, name)] = value
        state.pop(form_key(model), None)

    return fill
