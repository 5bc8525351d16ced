"""The model card: what a person should know before relying on a version, in Markdown."""

from telar.domain.lifecycle import Provenance
from telar.domain.promotion import Parity
from telar.pipeline.training.code_version import code_version, package_versions
from telar.pipeline.training.report import Story

MOST_COLUMNS = 10


def model_card(story: Story, parity: Parity, classes: dict[str, dict[str, float]]) -> str:
    """The card of one training."""
    use_case = story.use_case
    parts = [
        f"# {use_case.title}",
        use_case.description,
        *_warning(story),
        "## Why it was trained",
        f"{story.why.reason[:1].upper()}{story.why.reason[1:]} (batch {story.why.batch_id}, run `{story.why.run_id}`).",
        "## Data",
        _data(story),
        "## Candidates",
        _candidates(story),
        "## Metrics",
        _metrics(story),
        *_classes(story, classes),
        "## What it looks at",
        _importance(story),
        "## What is served",
        _served(story, parity),
    ]
    return "\n\n".join(parts) + "\n"


def _warning(story: Story) -> list[str]:
    if story.rows.provenance is not Provenance.SAMPLE:
        return []
    return ["> **Trained on generated rows.** They resemble the data set; what this model says is not about the world."]


def _data(story: Story) -> str:
    rows = story.rows
    lines = [
        f"- Source: {rows.provenance.value}: {rows.origin or 'the upstream says nothing of itself'}",
        f"- Batches: {', '.join(map(str, rows.batches))} (cycle {rows.cycle}), digest `{rows.data_digest}`",
        f"- Rows: {len(rows.train):,} train, {len(rows.validation):,} validation, {len(rows.test):,} test",
    ]
    lines += [
        f"- Class {value} ({story.contract.target.label_of(value)}) has only {count} train rows and was not learned"
        for value, count in story.left_out.items()
    ]
    unseen = [each for each in story.contract.target.values if each not in story.contract.trained_classes]
    if unseen:
        lines.append(
            f"- Never answered, for want of train rows: {', '.join(map(story.contract.target.label_of, unseen))}"
        )
    return "\n".join(lines)


def _candidates(story: Story) -> str:
    metric = story.use_case.primary_metric
    lines = [f"| Candidate | Rows | Validation {metric} | Fit | |", "|---|---|---|---|---|"]
    for each in story.contenders:
        name = each.best.candidate.name
        note = "**chosen**" if each is story.chosen.contender else story.chosen.findings.get(name, "")
        value = each.best.metrics[metric]
        lines.append(f"| {name} | {each.best.rows:,} | {value:.4f} | {each.seconds:.1f} s | {note} |")
    best = story.chosen.contender.best
    drawn = {**best.candidate.parameters, **best.parameters}
    return "\n".join(lines) + f"\n\n`{best.candidate.estimator}` with {drawn}, fitted on train rows only."


def _metrics(story: Story) -> str:
    names = [name.removeprefix("test_") for name in story.metrics if name.startswith("test_")]
    lines = ["| | train | validation | test |", "|---|---|---|---|"]
    for name in names:
        values = [story.metrics.get(f"{part}_{name}") for part in ("train", "validation", "test")]
        lines.append(f"| {name} | {' | '.join('' if value is None else f'{value:.4f}' for value in values)} |")
    return "\n".join(lines)


def _classes(story: Story, classes: dict[str, dict[str, float]]) -> list[str]:
    if not classes:
        return []
    lines = ["| Class | Precision | Recall | F1 | Test rows |", "|---|---|---|---|---|"]
    for value, each in classes.items():
        figures = f"{each['precision']:.3f} | {each['recall']:.3f} | {each['f1-score']:.3f} | {each['support']:,.0f}"
        lines.append(f"| {story.contract.target.label_of(value)} | {figures} |")
    return ["## Classes", "\n".join(lines)]


def _importance(story: Story) -> str:
    metric = story.use_case.primary_metric
    lines = [f"| Column | Loss of {metric} when shuffled | Mean of absolute SHAP values |", "|---|---|---|"]
    moved = story.explained.importance
    lines += [
        f"| {name} | {loss:.4f} | {moved[name]:.4g} |" for name, loss in list(story.importance.items())[:MOST_COLUMNS]
    ]
    return "\n".join(lines)


def _served(story: Story, parity: Parity) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in package_versions().items())
    size, latency = story.metrics["model_megabytes"], story.metrics["latency_milliseconds"]
    return (
        f"ONNX, {size:.1f} MB, {latency:.2f} ms for one row. On {parity.rows:,} rows, nulls, unknown words and limits "
        f"among them, it gives the label of the scikit-learn model for {parity.label_agreement:.2%}; probabilities "
        f"differ by at most {parity.max_probability_difference:.1e}. Code `{code_version()}`, definition "
        f"`{story.contract.digest}`; {packages}."
    )
