"""The training of one batch's run: which rows it gets, and which batches count as trained on afterwards."""

import hashlib

import pandas as pd

from telar.adapters.warehouse import batches, clean, decisions
from telar.domain.lifecycle import Provenance
from telar.pipeline.context import Context
from telar.pipeline.decide import TRAIN as TRAIN_KIND
from telar.pipeline.failpoints import reach
from telar.pipeline.partitions import PARTITIONS, TEST, TRAIN, VALIDATION
from telar.pipeline.training import Trained, TrainingReason, TrainingRows
from telar.pipeline.training import train as train_model

BATCH, PARTITION = "_batch_id", "_partition"


def train(context: Context, batch_id: int, run_id: str) -> Trained:
    """A registered version, trained on every clean row of the cycle up to this batch.

    Run again after a kill it takes the same rows, so a version that was registered already is returned.

    Raises:
        TrainingError: no model could be made.
        DataError: the rows cannot be trained on.
    """
    batches.reopen(context.warehouse, batch_id)
    rows = training_rows(context, batch_id)
    reach("train.before_fit")
    trained = train_model(
        context.use_case,
        rows,
        context.registry,
        _why(context, batch_id, run_id),
        context.settings.work_folder,
        context.settings.training_jobs,
    )
    reach("train.after_register")
    batches.mark_trained(context.warehouse, rows.batches, run_id)
    batches.update(context.warehouse, batch_id, model_version=trained.version, mlflow_run_id=trained.mlflow_run_id)
    return trained


def training_rows(context: Context, batch_id: int) -> TrainingRows:
    """The clean rows of the batch's cycle by partition, this batch's included and no later one's."""
    batch = batches.get(context.warehouse, batch_id)
    rows = clean.read(context.warehouse, context.use_case, batch_ids=cycle_so_far(context, batch_id))
    parts = {name: rows[rows[PARTITION] == name][list(context.use_case.names)] for name in PARTITIONS}
    return TrainingRows(
        train=parts[TRAIN],
        validation=parts[VALIDATION],
        test=parts[TEST],
        batches=tuple(int(each) for each in sorted(rows[BATCH].unique())),
        cycle=batch.cycle,
        provenance=Provenance(batch.provenance or Provenance.UPSTREAM),
        origin=batch.origin or "",
        data_digest=digest(rows, context.use_case.names),
    )


def cycle_so_far(context: Context, batch_id: int) -> list[int]:
    """The ids of the batches of the same cycle up to this one, so that a later one changes nothing for its run.

    Those of the other parts belong to it, where the source was split.
    """
    number = batches.get(context.warehouse, batch_id).batch_number
    so_far = [each.id for each in batches.in_cycle(context.warehouse, batch_id) if each.batch_number <= number]
    return so_far + [each.id for each in batches.held_out(context.warehouse, batch_id)]


def digest(rows: pd.DataFrame, names: tuple[str, ...]) -> str:
    """Sixteen hex digits over the rows with their partition, whatever their order."""
    hashes = pd.util.hash_pandas_object(rows[[*names, PARTITION]].astype({PARTITION: "object"}), index=False)
    return hashlib.blake2b(hashes.sort_values().to_numpy().tobytes(), digest_size=8).hexdigest()


def _why(context: Context, batch_id: int, run_id: str) -> TrainingReason:
    found = decisions.latest(context.warehouse, context.name, TRAIN_KIND, batch_id, run_id)
    if found is None:
        return TrainingReason(batch_id=batch_id, run_id=run_id, reason="asked for by hand")
    return TrainingReason(batch_id=batch_id, run_id=run_id, reason=found.reason, figures=found.figures)
