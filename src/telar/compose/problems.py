"""What stands against a start: each problem says value and rule, and how to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from telar.domain.errors import ConfigurationError


@dataclass(frozen=True)
class Problem:
    """``told`` names the value and the rule, ``fix`` the command or the line that mends it."""

    told: str
    fix: str


@dataclass
class Findings:
    """What was found: problems forbid a start, warnings do not."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        """Take over what another check found."""
        self.problems += other.problems
        self.warnings += other.warnings


class NotReady(ConfigurationError):
    """Nothing was started; the text lists every problem with its fix."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(listed(problems))


def listed(problems: Sequence[Problem]) -> str:
    """The problems with numbers where there are several, each fix on a line of its own."""
    one = len(problems) == 1
    heads = ["" if one else f"{number}. " for number in range(1, len(problems) + 1)]
    return "\n".join(
        f"  {head}{problem.told}\n{' ' * (2 + len(head))}-> {problem.fix}"
        for head, problem in zip(heads, problems, strict=True)
    )
