"""Diabetes encounters: whether a patient who leaves the hospital is back within 30 days."""

from typing import TYPE_CHECKING, Any

from telar.domain.columns import Target
from telar.domain.features import Feature, Log, Sum, TargetEncoding
from telar.domain.rules import GateRules, Guard
from telar.domain.use_case import PublishedSource, UseCase
from telar.use_cases.diabetes.candidates import AVERAGES, CANDIDATES
from telar.use_cases.diabetes.columns import AT_ANY_TIME, COLUMNS, WITHIN_30_DAYS
from telar.use_cases.diabetes.diagnoses import grouped
from telar.use_cases.diabetes.example import EXAMPLE
from telar.use_cases.diabetes.quality import BENCHMARK
from telar.use_cases.diabetes.sampling import sample

if TYPE_CHECKING:
    from pandas import DataFrame as Frame
else:
    Frame = Any

__all__ = ["AT_ANY_TIME", "USE_CASE", "WITHIN_30_DAYS", "definition"]

OUTPATIENT, EMERGENCY, INPATIENT = "number_outpatient", "number_emergency", "number_inpatient"


def clean(frame: Frame) -> Frame:
    """Encounters, each once, after which a readmission is possible: not those that ended in death or in a hospice.

    The discharge dispositions 11, 19, 20 and 21 (expired), 13 and 14 (hospice) of the source, as Strack et al. (2014)
    leave them out. Missing values stay where a column may be empty.
    """
    gone = ("11", "13", "14", "19", "20", "21")
    kept = frame[~frame["discharge_disposition_id"].isin(gone)]
    required = [column.name for column in COLUMNS if not column.nullable]
    return kept.dropna(subset=[*required, WITHIN_30_DAYS.name]).drop_duplicates()


def _features() -> tuple[Feature, ...]:
    """Visits together and on a log scale; diagnoses by group and by what their codes, as other codes, came to."""
    codes = ("diag_1", "diag_2", "diag_3", "discharge_disposition_id", "medical_specialty")
    return (
        Sum(name="visits_outside", left=OUTPATIENT, right=EMERGENCY),
        Sum(name="visits", left="visits_outside", right=INPATIENT),
        *(Log(name=f"{name}_log", column=name) for name in (OUTPATIENT, EMERGENCY, INPATIENT, "visits")),
        *(grouped(name) for name in codes[:3]),
        *(TargetEncoding(name=f"{name}_risk", column=name, smooth=100.0, keep=name not in codes[:3]) for name in codes),
    )


def definition(name: str = "diabetes", target: Target = WITHIN_30_DAYS) -> UseCase:
    """The encounters with that target, `WITHIN_30_DAYS` or `AT_ANY_TIME`; another name makes it a use case of its own.

    A file ``any_time.py`` of the use cases' folder: ``USE_CASE = definition("any_time", AT_ANY_TIME)``.
    """
    return UseCase(
        name=name,
        title="Diabetes readmission",
        description="Whether a patient with diabetes is readmitted after a stay in one of 130 US hospitals, 1999 to "
        "2008, told by the stay's diagnoses, tests, drugs and the visits before it (Strack et al., 2014).",
        task="classification",
        source=PublishedSource(
            uci_id=296, batch_rows=15_000, sample_rows=101_766, published_as="UCI Diabetes 130-US hospitals"
        ),
        columns=COLUMNS,
        target=target,
        partition_key=("patient_nbr",),
        # Three genders are unknown or invalid; what was not measured is None, or null where pandas has read it.
        missing=("?", "None", "Unknown/Invalid"),
        clean=clean,
        sample=sample,
        features=_features(),
        candidates=CANDIDATES,
        averages=AVERAGES,
        benchmark=BENCHMARK,
        primary_metric="roc_auc",
        guard_metrics=("recall", "brier"),
        # On the first published batch the linear baseline reaches 0.66; by chance it is 0.5.
        gate=GateRules(
            floor=0.58,
            min_gain=0.002,
            guards=(Guard(metric="recall", tolerance=0.05), Guard(metric="brier", tolerance=0.01)),
            max_model_megabytes=20,
        ),
        # The source never changes: its five batches come within an hour, after that each run ends at once.
        schedule="*/15 * * * *",
        example=EXAMPLE,
    )


USE_CASE = definition()
