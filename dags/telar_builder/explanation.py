"""The page of a DAG in Airflow's UI, written from the definition."""

from telar.domain.columns import Column
from telar.domain.use_case import UseCase
from telar.links import model_link
from telar.settings import PipelineSettings, PlaceSettings
from telar_builder.timetable import schedule


def explain(use_case: UseCase, settings: PipelineSettings, place: PlaceSettings) -> str:
    """Markdown: what a run does, the columns, when a model is trained, what it must show, and where to look."""
    parts = (
        f"# {use_case.title}\n\n{use_case.description}",
        _way(use_case, settings),
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

`fetch` asks the data API once and stores what came, `prepare` checks it, cleans it and compares it with the batch
before and with the rows of production, `decide` says whether to train, `train` makes a challenger, `gate` compares it
with the model in production, `promote` puts it there, and `record` writes down how the run ended. Steps not taken are
skipped; a failed step fails the run. A run that comes before the source's window is over waits without holding a slot.

Schedule: {when}; at most {settings.max_catchup} missed runs are made up for."""


def _columns(use_case: UseCase) -> str:
    target = use_case.target
    rows = "\n".join(_row(column) for column in use_case.columns)
    predicted = ", ".join(each.label for each in target.classes) or target.unit
    return (
        "## Columns\n\n| Column | Kind | Limits | What it is |\n|---|---|---|---|\n"
        f"{rows}\n| **{target.name}** | target | {predicted} | {target.label} |"
    )


def _row(column: Column) -> str:
    told = f"{column.label}. {column.help}".strip()
    return f"| {column.name} | {column.kind} | {_limits(column)} | {told} |"


def _limits(column: Column) -> str:
    if column.categories:
        return f"{len(column.categories)} words"
    low, high = (("" if limit is None else f"{limit:g}") for limit in (column.minimum, column.maximum))
    limits = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}" if high else "any"
    return f"{limits} {column.unit}".strip()


def _training(use_case: UseCase) -> str:
    rules = use_case.drift
    names = ", ".join(candidate.name for candidate in use_case.candidates)
    return f"""## When a model is trained

Where none is in production, where it is forced, or where at least {rules.min_new_rows:,} new rows are pending and any
of these holds for a column:

- its mean, standard deviation, median or 75 % quantile changed by over {rules.batch_change:.0%} since the batch before;
- its population stability index against the rows of production is above {rules.max_psi:g};
- its normalised Wasserstein distance from them is above {rules.max_wasserstein:g};
- over {rules.max_new_category_share:.0%} of its values are new categories.

Candidates: {names}; the best {use_case.primary_metric} on the validation rows is the challenger."""


def _gate(use_case: UseCase) -> str:
    rules = use_case.gate
    metric, how = use_case.primary_metric, " of production's" if rules.relative_gain else ""
    rest = (
        f"{metric} better by {rules.min_gain:g}{how}, its bootstrap interval without a loss",
        *(f"{guard.metric} worse by at most {guard.tolerance:g}" for guard in rules.guards),
        f"ONNX and scikit-learn agree on {rules.min_label_parity:.1%} of the labels, and on the probabilities within "
        f"{rules.max_probability_difference:g}",
        f"at most {rules.max_model_megabytes:g} MB, and {rules.max_latency_milliseconds:g} ms for one row",
    )
    return (
        "## What it must show\n\nOn the same held-out rows as the model in production:\n\n"
        + "".join(f"- {each};\n" for each in rest)
        + f"\nThe first model must reach a {metric} of {rules.floor:g}."
    )


def _links(use_case: UseCase, place: PlaceSettings) -> str:
    at = f"http://{place.public_host}"
    return f"""## Where to look

[Portal]({at}:{place.portal_port}) · [models in MLflow]({model_link(place, use_case.name)}) ·
[inference API]({at}:{place.inference_port}/docs)"""
