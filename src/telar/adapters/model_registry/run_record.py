"""One finished training as MLflow keeps it: a run with its files, and a logged model with its folder."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

_VALUE_LIMIT = 5_000


@dataclass(frozen=True)
class RunRecord:
    """All that a training leaves in MLflow.

    ``name`` is what people call the run. ``files`` is a folder whose content becomes the run's artifacts; ``model`` the
    folder that becomes the logged model. ``tags`` go to the run and to the version, ``run_tags`` to the run alone.
    ``description`` is Markdown.
    """

    name: str
    parameters: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    files: Path
    model: Path
    description: str
    started_at: datetime
    run_tags: Mapping[str, str]


def log_run(client: MlflowClient, name: str, record: RunRecord) -> tuple[str, str]:
    """Writes the run and its model; returns the run's id and the logged model's."""
    experiment = _experiment(client, name)
    run_tags = {**record.tags, **record.run_tags, "mlflow.note.content": record.description}
    start = round(record.started_at.timestamp() * 1000)
    run = client.create_run(experiment, start_time=start, tags=run_tags, run_name=record.name)
    run_id = run.info.run_id
    try:
        model_id = _log(client, experiment, run_id, name, record)
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id, "FINISHED")
    return run_id, model_id


def _log(client: MlflowClient, experiment: str, run_id: str, name: str, record: RunRecord) -> str:
    now = round(time.time() * 1000)
    metrics = [Metric(key, value, now, 0) for key, value in record.metrics.items()]
    parameters = [Param(key, value[:_VALUE_LIMIT]) for key, value in record.parameters.items()]
    client.log_batch(run_id, metrics=metrics, params=parameters)
    client.log_artifacts(run_id, str(record.files))
    model = client.create_logged_model(
        experiment, name=name, source_run_id=run_id, tags=dict(record.tags), model_type="onnx"
    )
    client.log_model_artifacts(model.model_id, str(record.model))
    client.finalize_logged_model(model.model_id, "READY")
    client.log_batch(run_id, tags=[RunTag("telar.model_id", model.model_id)])
    return model.model_id


def _experiment(client: MlflowClient, name: str) -> str:
    found = client.get_experiment_by_name(name)
    return found.experiment_id if found else client.create_experiment(name)
