"""The page of a DAG in Airflow's UI, written from the definition."""

from telar.domain.description.columns import columns_table, target_text
from telar.domain.description.rules import gate_rules, training_rules
from telar.domain.description.sources import source_text
from telar.domain.metrics import IN_WORDS
from telar.domain.use_case import UseCase
from telar.links import model_link
from telar.settings import PipelineSettings, PlaceSettings
from telar_builder.timetable import schedule


def explain(use_case: UseCase, settings: PipelineSettings, place: PlaceSettings) -> str:
    """Markdown: what a run does, the columns, when a model is trained, what it must show, and where to look."""
    parts = (
        f"# {use_case.title}\n\n{use_case.description}",
        _way(use_case, settings),
        _source(use_case),
        _columns(use_case),
        _training(use_case),
        _gate(use_case),
        _links(use_case, place),
    )
    return "\n\n".join(parts)


def _way(use_case: UseCase, settings: PipelineSettings) -> str:
    due = schedule(use_case, settings)
    when = f"`{due}` (UTC)" if due else "none, runs are started by hand"
    return f"""## One run, one batch

`fetch` asks the source for one batch and stores what came, `prepare` checks it, cleans it and compares it with the
batch before and with the rows of production, `decide` says whether to train, `train` makes a challenger, `gate`
compares it with the model in production, `promote` puts it there, and `record` writes down how the run ended. Steps
not taken are skipped; a failed step fails the run. A run that comes before the source's window is over waits without
holding a slot.

Schedule: {when}; at most {settings.max_catchup} missed runs are made up for."""


def _source(use_case: UseCase) -> str:
    return f"## Where the rows come from\n\n{source_text(use_case)}"


def _columns(use_case: UseCase) -> str:
    return f"## Columns\n\n{columns_table(use_case)}\n\nPredicted: {target_text(use_case)}"


def _training(use_case: UseCase) -> str:
    names = ", ".join([*(each.name for each in use_case.candidates), *(each.name for each in use_case.averages)])
    best = f"the best {IN_WORDS[use_case.primary_metric]} on the validation rows is the challenger"
    return f"## When a model is trained\n\n{training_rules(use_case)}\n\nCandidates: {names}; {best}."


def _gate(use_case: UseCase) -> str:
    return f"## What it must show\n\n{gate_rules(use_case)}"


def _links(use_case: UseCase, place: PlaceSettings) -> str:
    at = f"http://{place.public_host}"
    return f"""## Where to look

[Portal]({at}:{place.portal_port}) · [models in MLflow]({model_link(place, use_case.name)}) ·
[inference API]({at}:{place.inference_port}/docs)"""
