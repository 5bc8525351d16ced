"""The two comparisons of a batch: with the batch before it, and with the rows that production was trained on."""

from dataclasses import dataclass

import pandas as pd

from telar.adapters.warehouse import batches
from telar.domain.base import Value
from telar.domain.drift import Change, Shift, compare_batches, compare_with_training
from telar.domain.errors import NotServable
from telar.domain.profile import Profile
from telar.pipeline.context import Context
from telar.pipeline.production import profile_of, version_files
from telar.pipeline.profiling import profile

PREVIOUS, PRODUCTION = "previous", "production"


class Changes(Value):
    """Against the previous batch with rows (``reference`` is its id, None at the first one)."""

    reference: int | None = None
    changes: tuple[Change, ...] = ()


class Shifts(Value):
    """Against production (``reference`` is its version, None where none serves).

    ``note`` says why a version that serves could not be compared with.
    """

    reference: str | None = None
    note: str | None = None
    shifts: tuple[Shift, ...] = ()


@dataclass(frozen=True)
class Production:
    """What is known of the version in production; ``profile`` is None where it brought none, and ``note`` says so."""

    version: str | None
    profile: Profile | None
    note: str | None = None


def production_of(context: Context) -> Production:
    """The version that holds the alias now, with the profile of its training rows."""
    holder = context.registry.production(context.name)
    if holder is None:
        return Production(None, None)
    try:
        return Production(holder.version, profile_of(version_files(context, holder.version)))
    except NotServable as error:
        return Production(holder.version, None, str(error))


def against_previous(context: Context, batch_id: int, current: Profile) -> Changes:
    """The 15 % rule's figures against the nearest earlier batch that left clean rows."""
    previous = batches.previous(context.warehouse, batch_id)
    while previous is not None and previous.profile is None:
        previous = batches.previous(context.warehouse, previous.id)
    if previous is None or previous.profile is None:
        return Changes()
    before = Profile.model_validate(previous.profile)
    return Changes(reference=previous.id, changes=compare_batches(before, current))


def against_production(context: Context, clean: pd.DataFrame, production: Production) -> Shifts:
    """Effect sizes against production's training rows, on the intervals of their profile."""
    if production.profile is None:
        return Shifts(reference=production.version, note=production.note)
    current = profile(clean, context.use_case.columns, production.profile)
    return Shifts(reference=production.version, shifts=compare_with_training(production.profile, current))
