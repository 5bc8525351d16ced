"""Where a use case's rows come from, in sentences."""

from telar.domain.description.wording import listed
from telar.domain.sources import DataApiSource, PublishedSource, Selection, Where
from telar.domain.use_case import UseCase
from telar.domain.wording import figure, percent


def source_text(use_case: UseCase) -> str:
    """What one run fetches, how the rows are divided, and what happens at the end."""
    source = use_case.source
    told = _published(source, use_case) if isinstance(source, PublishedSource) else _data_api(source, use_case)
    missing = f"It writes {listed(use_case.missing, code=True)} where it knows nothing." if use_case.missing else ""
    return "\n\n".join(part for part in (told, missing) if part)


def _data_api(source: DataApiSource, use_case: UseCase) -> str:
    parts = [
        f"A data API, asked once a run; it does not repeat an answer. {_batches(source)}{_window(source)}",
        _selections(source),
        _origin(source),
        exhausted_text(source),
        partition_text(use_case),
    ]
    return "\n\n".join(part for part in parts if part)


def _published(source: PublishedSource, use_case: UseCase) -> str:
    return f"{split_text(source, use_case)}\n\n{_origin(source)}"


def split_text(source: PublishedSource, use_case: UseCase) -> str:
    """How a published table is divided and read."""
    kept = f", rows with the same {listed(use_case.partition_key, 'and')} together" if use_case.partition_key else ""
    return (
        "A published table, which is split once, before anything is looked at: 60 % of the raw rows to train on, 20 % "
        f"to validate and 20 % to test, with equal shares of the target{kept}. The split is stored.\n\nA run takes the "
        f"next {source.batch_rows:,} rows of the training part and goes on where the last one stopped; the other parts "
        "come with the first run. When the training part is read to its end, runs end without a batch."
    )


def exhausted_text(source: DataApiSource) -> str:
    """What a run does that finds everything handed out."""
    if source.on_exhausted == "stop":
        return "When everything was handed out, runs end without a batch."
    raw = "stay as they are" if source.keep_raw else "are deleted as well"
    return (
        "When everything was handed out, the next run begins the source again, in a new cycle: the clean table begins "
        f"empty, and the raw rows of the former cycles {raw}. Models and decisions stay."
    )


def partition_text(use_case: UseCase) -> str:
    """How rows that come one by one are divided."""
    if use_case.partition_key:
        key = listed(use_case.partition_key, "and")
        return f"Rows with the same {key} stay together: 60 % train, 20 % validate, 20 % test."
    return "A hash of each row says what it is for: 60 % train, 20 % validate, 20 % test."


def _batches(source: DataApiSource) -> str:
    if source.selections:
        return f"Telar's own serves {len(source.selections)} batches of different sizes and contents."
    share = "" if source.answer_share == 1 else f", of which an answer is a random {percent(source.answer_share)}"
    return f"Telar's own serves {source.batches} equal batches{share}."


def _window(source: DataApiSource) -> str:
    seconds = source.window_seconds
    return f" It answers with the same batch for {figure(seconds)} s." if seconds else " It goes on with every request."


def _selections(source: DataApiSource) -> str:
    if not source.selections:
        return ""
    rows = "\n".join(f"| {n} | {each.rows:,} | {_rules(each)} |" for n, each in enumerate(source.selections, 1))
    return f"| Batch | Rows at most | Which |\n|---|---|---|\n{rows}"


def _rules(selection: Selection) -> str:
    return ", and ".join(map(_rule, selection.where)) or "any"


def _rule(where: Where) -> str:
    low, high = (None if limit is None else figure(limit) for limit in (where.minimum, where.maximum))
    limits = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}" if high else ""
    return f"{where.column} {' '.join(part for part in (listed(where.words), limits) if part)}"


def _origin(source: DataApiSource | PublishedSource) -> str:
    named = f" ({source.published_as})" if source.published_as else ""
    where = f", else a download from UCI, data set {source.uci_id}{named}" if source.uci_id else ""
    rows = f"Its rows: a file in the data folder{where}, else a generated sample of {source.sample_rows:,} rows."
    if source.kind == "data_api" or not source.uci_id:
        return rows
    return (
        f"{rows} A run that asks UCI itself, as on Docker, fails while UCI is away and takes no sample in its place; "
        "`TELAR_SOURCE_KIND=partitions` lets the data API hand out the parts, sample or not."
    )
