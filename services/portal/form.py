"""The form of a model, from the contract of the version that is loaded: one field for each column."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from telar.domain.columns import Column
from telar.domain.contract import Contract
from telar.domain.errors import FieldProblem
from telar.domain.wording import figure

Values = dict[str, JsonValue]


@dataclass(frozen=True)
class FormField:
    """One input: its words, and what may be chosen (``options``: value to label; empty for a number or a free text).

    The limits are told, not enforced: Streamlit would put a value beyond them back to the old one without a word,
    and the API's own answer is what the person should see.
    """

    name: str
    title: str
    label: str
    help: str
    hint: str
    numeric: bool
    step: float
    options: Mapping[str, str]
    required: bool


def form_fields(contract: Contract) -> list[FormField]:
    """One field for each column, in the contract's order."""
    return [_field(column) for column in contract.columns]


def record_of(fields: list[FormField], values: Mapping[str, JsonValue]) -> Values:
    """What is sent: whole numbers as such; a field left empty is not sent, so the API says that it is required."""
    return {field.name: value for field in fields if (value := values.get(field.name)) not in (None, "")}


def example_values(contract: Contract) -> Values:
    """The contract's example, each number in the type that its input wants."""
    return {column.name: _typed(column, contract.example.get(column.name)) for column in contract.columns}


def split_problems(
    fields: list[FormField], problems: tuple[FieldProblem, ...]
) -> tuple[dict[str, str], list[FieldProblem]]:
    """The rules broken by a field that the form shows, by name; and the problems of fields that it does not."""
    names = {field.name for field in fields}
    shown: dict[str, str] = {}
    others = []
    for problem in problems:
        name = problem.field.rsplit(".", 1)[-1]
        if name in names:
            shown[name] = problem.rule
        else:
            others.append(problem)
    return shown, others


def limits(column: Column) -> str:
    """The allowed range in words, such as "0 to 360 °"; empty where there is none."""
    unit = f" {column.unit}" if column.unit else ""
    low, high = (None if limit is None else figure(limit) for limit in (column.minimum, column.maximum))
    if low and high:
        return f"{low} to {high}{unit}"
    if low:
        return f"at least {low}{unit}"
    return f"at most {high}{unit}" if high else ""


def _field(column: Column) -> FormField:
    told = limits(column)
    notes = [column.help, f"Allowed: {told}." if told else "", "May be left empty." if column.nullable else ""]
    return FormField(
        name=column.name,
        title=column.label,
        label=f"{column.label} ({column.unit})" if column.unit else column.label,
        help=" ".join(note for note in notes if note),
        hint=told or ("any number" if column.numeric else "any text"),
        numeric=column.numeric,
        step=1 if column.kind == "integer" else 0.01,
        options={each.value: _option(each.value, each.label) for each in column.categories},
        required=not column.nullable,
    )


def _option(value: str, label: str) -> str:
    return value if label == value else f"{value} · {label}"


def _typed(column: Column, value: JsonValue) -> JsonValue:
    if value is None or not column.numeric or not isinstance(value, int | float):
        return value
    return int(value) if column.kind == "integer" else float(value)
