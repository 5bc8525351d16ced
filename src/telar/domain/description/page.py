"""The page of a use case: everything that its definition says, for people who will never open the file."""

import inspect
import json

from telar.domain.description.benchmarks import benchmark_text
from telar.domain.description.columns import columns_table, target_text
from telar.domain.description.contenders import contenders_text
from telar.domain.description.features import features_text
from telar.domain.description.rules import gate_rules, quality_rules, training_rules
from telar.domain.description.sources import source_text
from telar.domain.use_case import UseCase


def describe(use_case: UseCase) -> str:
    """Markdown with one heading for each question that somebody asks of a data set; ends with a newline."""
    due = f"Runs are due by `{use_case.schedule}`, or as TELAR_SCHEDULE says."
    parts = {
        "Where its rows come from": f"{source_text(use_case)}\n\n{due}",
        "Columns": columns_table(use_case),
        "What is predicted": target_text(use_case),
        "Which rows are kept": f"{_clean_text(use_case)}\n\n{quality_rules(use_case)}",
        "Columns made inside the model": features_text(use_case),
        "What is trained": contenders_text(use_case),
        "When a model is trained": training_rules(use_case),
        "What a new model must show": gate_rules(use_case),
        "Benchmark": benchmark_text(use_case),
        "Ask for a prediction": _example_text(use_case),
    }
    told = (f"## {heading}\n\n{text}" for heading, text in parts.items() if text)
    made = f"<!-- Made from its definition by `telar describe {use_case.name}`; change that, not this. -->"
    return "\n\n".join((f"# {use_case.title}", made, use_case.description, *told)) + "\n"


def _clean_text(use_case: UseCase) -> str:
    own = inspect.getdoc(use_case.clean) or "Its `clean` does not say."
    return f"Rows without a readable {use_case.target.name} are dropped; then: {' '.join(own.split())}"


def _example_text(use_case: UseCase) -> str:
    example = json.dumps(use_case.example, ensure_ascii=False, indent=2)
    return f"`POST /models/{use_case.name}/predict` with:\n\n```json\n{example}\n```"
