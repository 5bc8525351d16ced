"""What is trained for a use case: candidates, how each is searched, and averages of them."""

from pydantic import JsonValue

from telar.domain.candidates import Average, Candidate, Choice, Range
from telar.domain.description.wording import listed, table
from telar.domain.metrics import IN_WORDS
from telar.domain.use_case import UseCase
from telar.domain.wording import figure

HEADS = ("Candidate", "Estimator", "Fixed", "Searched", "Draws", "Rows at most", "Notes")


def contenders_text(use_case: UseCase) -> str:
    """The candidates of every training, and how the challenger is chosen of them."""
    best = f"The one with the best {IN_WORDS[use_case.primary_metric]} on the validation rows becomes the challenger."
    return f"{contenders_table(use_case.candidates, use_case.averages)}\n\n{best}"


def contenders_table(candidates: tuple[Candidate, ...], averages: tuple[Average, ...]) -> str:
    """One row for each candidate and each average."""
    made = [(f"`{each.name}`", f"the mean of {' and '.join(each.members)}", *[""] * 5) for each in averages]
    return table(HEADS, [*map(_row, candidates), *made])


def _row(candidate: Candidate) -> tuple[str, ...]:
    estimator = candidate.estimator.rpartition(".")[2]
    wrapper = (candidate.wrapper or "").rpartition(".")[2]
    return (
        f"`{candidate.name}`",
        f"{estimator} in {wrapper}" if wrapper else estimator,
        _listed(candidate.parameters | candidate.wrapper_parameters),
        "; ".join(f"{name} {_range(each)}" for name, each in candidate.search.items()),
        str(candidate.iterations or ""),
        f"{candidate.row_cap:,}" if candidate.row_cap else "",
        "; ".join(_notes(candidate)),
    )


def _notes(candidate: Candidate) -> list[str]:
    return [
        *["the baseline: what is worse is a finding, not a model"] * candidate.baseline,
        *["words as flags"] * (candidate.encoding == "onehot"),
        *["numbers scaled"] * candidate.scale,
        *["missing numbers left to it"] * (not candidate.impute),
        *([f"rare classes weigh more ({figure(candidate.balance)})"] if candidate.balance else []),
    ]


def _range(searched: Range) -> str:
    if isinstance(searched, Choice):
        return listed([repr(value) for value in searched.values])
    return f"{figure(searched.low)} to {figure(searched.high)}"


def _listed(parameters: dict[str, JsonValue]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in parameters.items())
