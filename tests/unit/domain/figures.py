"""Hypothesis strategies for the figures that decisions are made of."""

from hypothesis import strategies as st

from telar.domain.decisions import TrainingFigures
from telar.domain.drift import Change, Shift
from telar.domain.profile import CategoryProfile, NumericProfile, Profile
from telar.domain.promotion import GateFigures, Parity
from telar.domain.rules import DriftRules, GateRules, Guard

shares = st.floats(0, 1)
measures = st.none() | st.floats(0, 5)
versions = st.none() | st.integers(1, 99).map(str)
changes = st.builds(
    Change,
    column=st.sampled_from(["Length", "Count"]),
    statistic=st.sampled_from(["mean", "std", "median", "q75"]),
    previous=measures,
    current=measures,
    change=measures,
)
shifts = st.builds(Shift, column=st.just("Colour"), psi=measures, wasserstein=measures, new_share=st.none() | shares)

training_figures = st.builds(
    TrainingFigures,
    production_version=versions,
    forced=st.booleans(),
    refused=st.none() | st.just("Count, share of nulls: 0.7, limit 0.5"),
    batch_rows=st.integers(0, 5_000),
    pending_rows=st.integers(0, 50_000),
    changes=st.lists(changes, max_size=4).map(tuple),
    shifts=st.lists(shifts, max_size=2).map(tuple),
    rules=st.builds(DriftRules, batch_change=shares, max_psi=shares, min_new_rows=st.integers(0, 2_000)),
)

statistics = st.none() | st.sampled_from([0.0, 5e-324, 1e-17, 1e150]) | st.floats(-1e150, 1e150)


@st.composite
def numeric_profiles(draw: st.DrawFn) -> NumericProfile:
    """A column with any statistics a profile may hold, one of nulls alone among them."""
    if draw(st.booleans()):
        return NumericProfile(count=0, nulls=9)
    values = draw(st.lists(st.floats(-1e150, 1e150), min_size=3, max_size=3).map(sorted))
    counts = draw(st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any))
    return NumericProfile(
        count=9,
        nulls=0,
        mean=draw(statistics),
        std=abs(draw(statistics) or 0.0),
        median=values[1],
        q75=values[2],
        shares=tuple(count / sum(counts) for count in counts),
        quantiles=tuple(values),
    )


@st.composite
def word_profiles(draw: st.DrawFn) -> CategoryProfile:
    """A column of words, one of nulls alone among them."""
    counts = draw(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 500), max_size=6))
    shares = {word: count / sum(counts.values()) for word, count in counts.items()}
    return CategoryProfile(count=sum(counts.values()), nulls=0, shares=shares)


profiles = st.builds(
    Profile,
    rows=st.just(9),
    numbers=st.fixed_dictionaries({}, optional={"Length": numeric_profiles(), "Count": numeric_profiles()}),
    categories=st.fixed_dictionaries({}, optional={"Colour": word_profiles()}),
)

metrics = st.fixed_dictionaries({"macro_f1": shares, "accuracy": shares})
gate_figures = st.builds(
    GateFigures,
    primary_metric=st.just("macro_f1"),
    challenger_version=st.just("2"),
    challenger=metrics,
    production_version=st.just("1"),
    production=st.none() | metrics,
    production_unscored=st.none(),
    gain_interval=st.none() | st.tuples(st.floats(-1, 0.5), st.floats(0.5, 1)),
    rows=st.integers(1, 10_000),
    parity=st.builds(
        Parity,
        rows=st.just(5_000),
        label_agreement=st.floats(0.99, 1),
        max_probability_difference=st.floats(0, 2e-3),
    ),
    model_megabytes=st.floats(0, 400),
    latency_milliseconds=st.floats(0, 40),
    rules=st.builds(
        GateRules, floor=shares, min_gain=st.floats(0, 0.1), guards=st.just((Guard(metric="accuracy", tolerance=0.02),))
    ),
)
