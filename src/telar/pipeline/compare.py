"""The two comparisons of a batch: with the batch before it, and with the rows that production was trained on."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import pandas as pd

from telar.adapters.warehouse import batches
from telar.domain.drift import Change, Shift, compare_batches, compare_with_training
from telar.domain.errors import NotServable
from telar.domain.profile import Profile
from telar.pipeline.context import Context
from telar.pipeline.production import profile_of, version_files, versions_in_use
from telar.pipeline.profiling import profile

Figures = TypeVar("Figures", Change, Shift)


@dataclass(frozen=True)
class Comparison(Generic[Figures]):
    """``reference`` is a batch's id or a model's version; None, and no figures, where there was nothing to compare."""

    reference: str | None
    figures: tuple[Figures, ...]


@dataclass(frozen=True)
class Production:
    """What is known of the version in production; ``profile`` is None where there is none, or it brought none."""

    version: str | None
    profile: Profile | None


def production_of(context: Context) -> Production:
    """The version that holds the alias now, with the profile of its training rows."""
    holder = context.registry.production(context.name)
    if holder is None:
        return Production(None, None)
    try:
        with versions_in_use(context):
            return Production(holder.version, profile_of(version_files(context, holder.version)))
    except NotServable:  # reconcile puts it into the ledger; a batch can be prepared without it
        return Production(holder.version, None)


def against_previous(context: Context, batch_id: int, current: Profile) -> Comparison[Change]:
    """The 15 % rule's figures against the nearest earlier batch that left clean rows."""
    previous = batches.previous(context.warehouse, batch_id)
    while previous is not None and previous.profile is None:
        previous = batches.previous(context.warehouse, previous.id)
    if previous is None:
        return Comparison(None, ())
    return Comparison(str(previous.id), compare_batches(Profile.model_validate(previous.profile), current))


def against_production(context: Context, clean: pd.DataFrame, production: Production) -> Comparison[Shift]:
    """Effect sizes against production's training rows, on the intervals of their profile."""
    current = profile(clean, context.use_case.columns, context.use_case.target, production.profile)
    return Comparison(production.version, compare_with_training(production.profile, current))
