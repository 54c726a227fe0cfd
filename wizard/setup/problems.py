"""What is wrong with what the operator gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


class BadInput(Exception):  # noqa: N818 (named by what is the matter)
    """Something the operator gave cannot be used: what, where, and what to do."""


@dataclass(frozen=True)
class SetupProblem:
    """One problem: where ("aws.account"), on which line (from 1; None: no line), what it is, and what to do."""

    where: str
    line: int | None
    what: str
    fix: str

    def __str__(self) -> str:
        """All in one line."""
        place = f"line {self.line}: " if self.line is not None else ""
        return f"{place}{self.where}: {self.what}; {self.fix}"

    def without_line(self) -> SetupProblem:
        """The same problem of something that stands in no file."""
        return replace(self, line=None)


class SetupError(BadInput, ValueError):
    """A setup that cannot be used, with every problem found, in the order of their lines."""

    def __init__(self, problems: Sequence[SetupProblem], source: str = "setup") -> None:
        """`source` is what the text came from, for the message."""
        self.problems = sorted(problems, key=lambda problem: problem.line or 0)
        self.source = source
        count = "a problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"{source} has {count}:", *(f"  {problem}" for problem in self.problems)]))
