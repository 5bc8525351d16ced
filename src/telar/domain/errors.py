"""Every error that Telar raises on purpose.

TelarError
├── ConfigurationError          a setting or the machine cannot be used as it is
│   └── UseCaseBroken           a use-case file cannot be loaded
├── SourceError                 the upstream data API
│   ├── SourceUnavailable       no answer, a time-out, a 5xx: worth another try
│   ├── SourceRefused           a 4xx: asking again will not help
│   ├── MalformedAnswer         an answer that is not what the contract of the API promises
│   └── EndOfData               everything was handed out; a result, not a fault
├── WarehouseError              the database
│   ├── WarehouseUnavailable    it does not answer
│   └── NotMigrated             its tables are not those of this version
├── DataError                   rows that cannot be used for what was asked
├── TrainingError               a model that cannot be made
│   ├── NotConvertible          a step that ONNX cannot express
│   └── ParityFailed            ONNX and scikit-learn disagree
├── RegistryError               MLflow
│   ├── RegistryUnavailable     it does not answer
│   ├── NoModel                 nothing is registered, or no version holds the alias
│   └── NotServable             a version without contract, ONNX or parity
├── ServiceError                one of Telar's own services, asked by another
│   ├── ServiceUnavailable      it does not answer, or not as that service does
│   └── ServiceRefused          it answered with an error of its own
├── PromotionConflict           somebody moved the alias meanwhile
└── RecordInvalid               a record that breaks the contract of the model
"""

from collections.abc import Sequence
from dataclasses import dataclass


class TelarError(Exception):
    """The root; its text names the value, the rule and the fix."""


class ConfigurationError(TelarError):
    """A setting or the machine cannot be used as it is."""


class UseCaseBroken(ConfigurationError):
    """A use-case file cannot be loaded; the others go on."""


class SourceError(TelarError):
    """The upstream data API did not give what was asked.

    ``status_code`` is the answer's, None where none came. ``nothing_handed_out`` is True where it is sure that the
    upstream gave no batch away, so that it may be asked again at once; after a time-out nobody knows.
    """

    def __init__(self, message: str, *, status_code: int | None = None, nothing_handed_out: bool = False) -> None:
        self.status_code = status_code
        self.nothing_handed_out = nothing_handed_out
        super().__init__(message)


class SourceUnavailable(SourceError):
    """No answer, a time-out or a 5xx: worth another try."""


class SourceRefused(SourceError):
    """The upstream refused the request (4xx): asking again will not help."""


class MalformedAnswer(SourceError):
    """The upstream answered with something its contract does not allow."""


class EndOfData(SourceError):
    """The upstream has handed out everything."""


class WarehouseError(TelarError):
    """The database refused or broke."""


class WarehouseUnavailable(WarehouseError):
    """The database does not answer."""


class NotMigrated(WarehouseError):
    """The tables are not those of this version of Telar."""


class DataError(TelarError):
    """These rows cannot be used for what was asked."""


class TrainingError(TelarError):
    """No model could be made."""


class NotConvertible(TrainingError):
    """A step of the pipeline has no ONNX form."""


class ParityFailed(TrainingError):
    """The ONNX model and the scikit-learn model disagree beyond the limits."""


class RegistryError(TelarError):
    """MLflow refused or broke."""


class RegistryUnavailable(RegistryError):
    """MLflow does not answer."""


class NoModel(RegistryError):
    """Nothing is registered under that name, or no version holds the alias."""


class NotServable(RegistryError):
    """A version without Telar's contract, ONNX file or parity evidence."""


class ServiceError(TelarError):
    """One of Telar's own services did not do what another asked of it."""


class ServiceUnavailable(ServiceError):
    """The service does not answer, or not as that service does."""


class ServiceRefused(ServiceError):
    """The service answered with an error of its own: ``status``, ``code`` and the fields named by ``problems``."""

    def __init__(
        self,
        message: str,
        status: int,
        code: str = "",
        problems: "Sequence[FieldProblem]" = (),
        request_id: str | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.problems = tuple(problems)
        self.request_id = request_id
        super().__init__(message)


class PromotionConflict(TelarError):
    """The alias moved between the gate and the promotion."""


@dataclass(frozen=True)
class FieldProblem:
    """One broken rule of one field: what came, and what the contract asks."""

    field: str
    value: object
    rule: str


class RecordInvalid(TelarError):
    """A record that breaks the contract; ``problems`` names every field."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.field}: {p.rule} (got {p.value!r})" for p in self.problems))
