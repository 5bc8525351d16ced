"""The validation of one record, built from a contract: a pydantic model whose errors name field, value and rule."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model

from telar.domain.columns import Column
from telar.domain.contract import Contract
from telar.domain.errors import FieldProblem, RecordInvalid

Record = Mapping[str, float | int | str | None]
_LARGEST = 3.4028234663852886e38  # of a float32, in which models take numbers; also bars NaN and huge integers


def record_model(contract: Contract) -> type[BaseModel]:
    """A model with one field for each column; unknown fields, wrong types and values out of range are errors.

    Its JSON schema carries labels, units, limits, vocabularies and the example, so it serves as the OpenAPI body.
    """
    fields: dict[str, Any] = {column.name: _field(column) for column in contract.columns}
    config = ConfigDict(extra="forbid", json_schema_extra={"example": dict(contract.example)})
    return create_model(f"{contract.name}_record", __config__=config, **fields)


def validate(model: type[BaseModel], record: object) -> dict[str, Any]:
    """The record with its values in their column's type.

    Raises:
        RecordInvalid: names every field that breaks a rule, with its value.
    """
    try:
        return dict(vars(model.model_validate(record)))  # flat, so model_dump would only be slower
    except ValidationError as error:
        raise RecordInvalid(problems_of(error)) from error


def problems_of(error: ValidationError) -> list[FieldProblem]:
    """pydantic's errors as field, value and rule, in plain words."""
    return [_problem(dict(each)) for each in error.errors(include_url=False)]


def _problem(error: dict[str, Any]) -> FieldProblem:
    field = ".".join(str(part) for part in error["loc"]) or "record"
    rule = {"missing": "is required", "extra_forbidden": "is not a field of this model; remove it"}.get(
        error["type"], str(error["msg"]).removeprefix("Value error, ")
    )
    return FieldProblem(field, None if error["type"] == "missing" else error["input"], rule)


def _field(column: Column) -> tuple[Any, Any]:
    info = {"title": column.label, "description": _description(column)}
    kind: Any = str if not column.numeric else int if column.kind == "integer" else float
    annotation = Annotated[kind, BeforeValidator(_checker(column)), Field(**info, json_schema_extra=_schema(column))]
    return (annotation | None, None) if column.nullable else (annotation, ...)


def _description(column: Column) -> str:
    return column.help + (f" In {column.unit}." if column.unit else "")


def _schema(column: Column) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if column.minimum is not None:
        schema["minimum"] = column.minimum
    if column.maximum is not None:
        schema["maximum"] = column.maximum
    if column.categories:
        schema["enum"] = [category.value for category in column.categories]
    if column.unit:
        schema["x-unit"] = column.unit
    return schema


def _checker(column: Column) -> Callable[[object], object]:
    return _number_checker(column) if column.numeric else _word_checker(column)


def _number_checker(column: Column) -> Callable[[object], float | int]:
    low = -_LARGEST if column.minimum is None else column.minimum
    high = _LARGEST if column.maximum is None else column.maximum
    whole = column.kind == "integer"

    def check(value: object) -> float | int:
        if isinstance(value, int | float) and low <= value <= high and not isinstance(value, bool):
            if not whole:
                return float(value)
            if value == int(value):
                return int(value)
        raise ValueError(_broken_rule(column, value))

    return check


def _broken_rule(column: Column, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"must be a JSON number{_range(column)}"
    if not abs(value) <= _LARGEST:
        return f"must be a finite number{_range(column)}"
    whole = column.kind == "integer" and value != int(value)
    return f"must be a {'whole ' if whole else ''}number{_range(column)}"


def _range(column: Column) -> str:
    unit = f" {column.unit}" if column.unit else ""
    if column.minimum is not None and column.maximum is not None:
        return f" between {column.minimum:.10g} and {column.maximum:.10g}{unit}"
    if column.minimum is not None:
        return f" of at least {column.minimum:.10g}{unit}"
    return f" of at most {column.maximum:.10g}{unit}" if column.maximum is not None else ""


def _word_checker(column: Column) -> Callable[[object], str]:
    vocabulary = column.vocabulary

    def check(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError("must be a text")
        if "\x00" in value:
            raise ValueError("must not hold a NUL character")
        if vocabulary and value not in vocabulary:
            raise ValueError(f"must be one of {', '.join(category.value for category in column.categories)}")
        return value

    return check
