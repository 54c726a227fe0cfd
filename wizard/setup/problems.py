"""Errors in what the operator gave: a setup, a file, an option."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wizard.language import _
from wizard.outside.text import one_line
from wizard.phrases import sentences


class BadInput(Exception):  # noqa: N818 (the name says what is wrong)
    """The operator's input cannot be used. The message says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class SetupProblem:
    """One problem in a setup: `where` is the key ("aws.account"), `line` counts from 1 and is None without a file."""

    where: str
    line: int | None
    what: str
    fix: str

    def __str__(self) -> str:
        """Return the problem in one line, with its fix."""
        text = f"{self.where}: {sentences((self.what, self.fix))}"
        if self.line is not None:
            text = _("line {line}: {text}").format(line=self.line, text=text)
        return one_line(text)

    def without_line(self) -> SetupProblem:
        """Return the same problem without its line, for a setup that is not in a file."""
        return replace(self, line=None)


class SetupError(BadInput, ValueError):
    """The setup cannot be used. `problems` has every problem, in the order of their lines."""

    def __init__(self, problems: Sequence[SetupProblem], source: str = "setup") -> None:
        """`source` names the setup in the message, such as the path of its file."""
        self.problems = sorted(problems, key=lambda problem: problem.line or 0)
        self.source = source
        heading = (
            _("{source} has a problem:").format(source=source)
            if len(problems) == 1
            else _("{source} has {count} problems:").format(source=source, count=len(problems))
        )
        super().__init__("\n".join([heading, *(f"  {problem}" for problem in self.problems)]))
