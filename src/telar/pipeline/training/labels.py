"""Metrics, parameters and tags of a training as MLflow shows them."""

import json

from telar.adapters.model_registry.registry import BATCH_TAG, PARITY_TAG, ModelVersion
from telar.domain.promotion import Parity
from telar.domain.use_case import UseCase
from telar.pipeline.training.code_version import code_version, definition_version, git_commit, package_versions
from telar.pipeline.training.report import Story
from telar.pipeline.training.rows import Prepared
from telar.pipeline.training.search import SEED, Contender
from telar.pipeline.training.values import Trained, TrainingReason, TrainingRows

MOST_WORDS = 1_000


def identity(use_case: UseCase, rows: TrainingRows, why: TrainingReason) -> dict[str, str]:
    """The tags by which a version is known to be what this training would make."""
    return {
        BATCH_TAG: str(why.batch_id),
        "telar.data_digest": rows.data_digest,
        "telar.code_version": code_version(),
        "telar.definition": definition_version(use_case),
    }


def version_tags(story: Story, parity: Parity) -> dict[str, str]:
    """What stands on the version, and on its run."""
    return {
        **identity(story.use_case, story.rows, story.why),
        PARITY_TAG: _told(parity),
        "telar.digest": story.contract.digest,
        "telar.provenance": story.rows.provenance.value,
        "telar.origin": story.rows.origin[:MOST_WORDS],
        "telar.run_reason": story.why.reason[:MOST_WORDS],
        "telar.run_id": story.why.run_id,
        "telar.candidate": story.chosen.contender.best.candidate.name,
    }


def run_tags(story: Story) -> dict[str, str]:
    """What stands on the run alone: the batches, the rows that each candidate was fitted on, findings."""
    commit = git_commit()
    return {
        "telar.batches": ",".join(str(each) for each in story.rows.batches),
        "telar.cycle": str(story.rows.cycle),
        **{f"telar.rows.{each.best.candidate.name}": str(each.best.rows) for each in story.contenders},
        **{f"telar.finding.{name}": words for name, words in story.chosen.findings.items()},
        **{f"telar.finding.class_{value}": f"only {count} train rows" for value, count in story.left_out.items()},
        **({"telar.git_commit": commit} if commit else {}),
    }


def parameters(story: Story) -> dict[str, str]:
    """The chosen candidate with all of its parameters, the seed, and the packages."""
    best = story.chosen.contender.best
    candidate = best.candidate
    drawn = {**candidate.parameters, **best.parameters}
    return {
        "candidate": candidate.name,
        "estimator": candidate.estimator,
        "wrapper": candidate.wrapper or "",
        "wrapper_parameters": json.dumps(candidate.wrapper_parameters),
        "encoding": candidate.encoding,
        "scale": str(candidate.scale),
        "features": ", ".join(feature.name for feature in story.use_case.features),
        "primary_metric": story.use_case.primary_metric,
        "seed": str(SEED),
        **{f"estimator.{name}": str(value) for name, value in drawn.items()},
        **{f"package.{name}": version for name, version in package_versions().items()},
    }


def search_metrics(use_case: UseCase, prepared: Prepared, contenders: list[Contender]) -> dict[str, float]:
    """How long each candidate's fits took, what its best draw scored, and how many rows there were."""
    metric = use_case.primary_metric
    parts = {"train": prepared.train, "validation": prepared.validation, "test": prepared.test}
    return {
        **{f"fit_seconds_{each.best.candidate.name}": each.seconds for each in contenders},
        **{f"search_{metric}_{each.best.candidate.name}": each.best.metrics[metric] for each in contenders},
        **{f"rows_{name}": float(len(part.rows)) for name, part in parts.items()},
    }


def parity_metrics(parity: Parity) -> dict[str, float]:
    """The parity's figures; `trained` reads them back."""
    return {f"parity_{name}": float(value) for name, value in parity.model_dump().items()}


def trained(version: ModelVersion, metrics: dict[str, float]) -> Trained:
    """What is known of a registered version by its run's metrics."""
    parity = Parity(
        rows=int(metrics["parity_rows"]),
        label_agreement=metrics["parity_label_agreement"],
        max_probability_difference=metrics["parity_max_probability_difference"],
    )
    return Trained(
        version=version.version,
        mlflow_run_id=version.run_id,
        metrics=metrics,
        parity=parity,
        model_megabytes=metrics["model_megabytes"],
        latency_milliseconds=metrics["latency_milliseconds"],
    )


def _told(parity: Parity) -> str:
    return ";".join(f"{name}={value:.6g}" for name, value in parity.model_dump().items())
