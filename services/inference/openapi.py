"""The OpenAPI document: one prediction route for each served model, with the schema of the version that is loaded."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

from services.inference.models import Models
from services.inference.served import Served

_REFERENCE = "#/components/schemas/"
_REFUSALS = {
    "404": "Nobody registered such a model.",
    "413": "The body, or the batch, is over the limit.",
    "422": "A record breaks the contract; the problems name field, value and rule.",
    "503": "No model is in production yet; the message names the DAG to run.",
}


class PredictionBody(BaseModel):
    """What the model says of one record."""

    prediction: str | float = Field(description="The class as the source writes it, or the number.")
    label: str = Field(description="The prediction as a person reads it.")
    probabilities: dict[str, float] | None = Field(description="By class; null for a regression.")


class Answer(BaseModel):
    """What every answer of a prediction route tells."""

    model: str
    version: str
    request_id: str
    processing_ms: float


class PredictionAnswer(PredictionBody, Answer):
    """The answer for one record."""


class BatchAnswer(Answer):
    """The answer for a batch, in the order of its records."""

    predictions: list[PredictionBody]


class Problem(BaseModel):
    """One broken rule."""

    field: str
    value: str | float | int | bool | None
    rule: str


class ErrorDetail(BaseModel):
    """What is wrong, as a word, a sentence and the broken rules."""

    code: str
    message: str
    problems: list[Problem]


class ErrorAnswer(BaseModel):
    """Every error has this shape."""

    error: ErrorDetail
    request_id: str


def document(app: FastAPI, models: Models) -> dict[str, Any]:
    """The document for what is served right now."""
    found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas: dict[str, Any] = found.setdefault("components", {}).setdefault("schemas", {})
    for answer in (PredictionAnswer, BatchAnswer, ErrorAnswer):
        schema = answer.model_json_schema(ref_template=_REFERENCE + "{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[answer.__name__] = schema
    for served in models.served.values():
        schemas[_schema_name(served)] = served.record.model_json_schema(ref_template=_REFERENCE + "{model}")
        found["paths"].update(_paths(f"/models/{served.name}", served.name, served))
    if models.default:
        served_default = models.served.get(models.default)
        found["paths"].update(_paths("", models.default, served_default))
    return found


def _schema_name(served: Served) -> str:
    return f"{served.name}_record"


def _paths(prefix: str, name: str, served: Served | None) -> dict[str, Any]:
    record = {"$ref": _REFERENCE + _schema_name(served)} if served else {"type": "object"}
    which = f"{name}, version {served.version}" if served else f"{name}, which has no version in production yet"
    batch = {
        "type": "object",
        "properties": {"records": {"type": "array", "items": record, "minItems": 1}},
        "required": ["records"],
        "additionalProperties": False,
    }
    return {
        f"{prefix}/predict": {"post": _operation(f"Predict one record with {which}", record, PredictionAnswer)},
        f"{prefix}/predict-batch": {"post": _operation(f"Predict many records with {which}", batch, BatchAnswer)},
    }


def _operation(summary: str, body: dict[str, Any], answer: type[BaseModel]) -> dict[str, Any]:
    told = {"200": ("The prediction.", answer.__name__)}
    told |= {status: (text, ErrorAnswer.__name__) for status, text in _REFUSALS.items()}
    return {
        "tags": ["predictions"],
        "summary": summary,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            status: {
                "description": text,
                "content": {"application/json": {"schema": {"$ref": _REFERENCE + schema}}},
            }
            for status, (text, schema) in told.items()
        },
    }
