"""Where a data set's batches come from: a course-style data API, or a published table that is split once."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from telar.domain.base import Value


class Where(Value):
    """A rule about one column: one of ``words`` where any are given, at least ``minimum`` and at most ``maximum``."""

    column: str
    words: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.words and self.minimum is None and self.maximum is None:
            raise ValueError(f"a rule about {self.column} needs words, a minimum or a maximum")
        return self


class Selection(Value):
    """What one batch of a served feed holds: at most ``rows`` rows for which every rule of ``where`` holds."""

    rows: int = Field(ge=1)
    where: tuple[Where, ...] = ()


class DataApiSource(Value):
    """A course-style data API: ``GET /data?group_number=N``, one batch a request, not replayable.

    ``row_format`` says whether a row is an array of strings in the order of the columns and the target, or an object.
    ``batches``, ``window_seconds`` and ``answer_share`` are what Telar's own data API serves by default: an answer is a
    random share of the current batch. ``selections`` are batches of different sizes and contents instead of ``batches``
    equal ones. ``uci_id`` is where the rows can be downloaded, ``published_as`` what people call them there.
    ``on_exhausted`` says what a run does that finds everything handed out: end, or restart the upstream and begin a new
    cycle, whose clean table begins empty; ``keep_raw`` whether the raw rows of the former cycles stay then.
    """

    kind: Literal["data_api"] = "data_api"
    row_format: Literal["arrays", "objects"] = "arrays"
    groups: int = 10
    batches: int = 10
    selections: tuple[Selection, ...] = ()
    window_seconds: float = 0.0
    answer_share: float = Field(default=1.0, gt=0, le=1)
    sample_rows: int = 60_000
    uci_id: int | None = None
    published_as: str = ""
    on_exhausted: Literal["stop", "restart"] = "stop"
    keep_raw: bool = True


class PublishedSource(Value):
    """A published table, by its id at UCI or as a file: split once at the source, its training part read in batches.

    The split is 60/20/20 on the raw rows, stratified by the target and by whole groups (``partition_key``), and stored.
    A run takes the next ``batch_rows`` rows of the training part; the other parts come with the first run. Any batch
    can be asked for again. Telar's data API serves the same parts: `SourceSettings.kind` says whom to ask.
    """

    kind: Literal["published"] = "published"
    batch_rows: int = Field(default=15_000, ge=1)
    uci_id: int | None = None
    published_as: str = ""
    sample_rows: int = 60_000

    @property
    def window_seconds(self) -> float:
        """It may be asked at any time."""
        return 0.0

    @property
    def row_format(self) -> Literal["objects"]:
        """A row that the data API serves has its columns' names."""
        return "objects"


Source = Annotated[DataApiSource | PublishedSource, Field(discriminator="kind")]
