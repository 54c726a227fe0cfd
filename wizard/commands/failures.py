"""How a command fails: a message for people, an object for programs, and an exit code."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Literal

from wizard.chain.tidy import LeftBehind
from wizard.clouds.errors import CloudError
from wizard.commands import exits, output
from wizard.engine.resource import Refused
from wizard.setup.problems import BadInput, SetupError

if TYPE_CHECKING:
    from wizard.commands.formats import CloudError as CloudErrorFormat
    from wizard.commands.formats import Error, Failure, SetupFileError

EXPECTED = (BadInput, Refused, LeftBehind)
"""What a command may raise; anything else is a bug."""


def report(error: BaseException, as_json: bool, text: str | None = None) -> int:
    """Print why a command failed. Returns the exit code. `text` is for people; by default it is the error's own."""
    output.complain(text or f"wif-wizard: {error}")
    if as_json:
        output.Console(as_json=True).answer(_answer(error))
    return code_of(error)


def code_of(error: BaseException) -> int:
    """Return the exit code of a command that fails with this error."""
    if isinstance(error, KeyboardInterrupt):
        return exits.INTERRUPTED
    return exits.USAGE if isinstance(error, BadInput) else exits.REFUSED


def _answer(error: BaseException) -> Failure:
    from wizard.commands import formats

    return formats.Failure(error=answer_of(error))


def answer_of(error: BaseException) -> SetupFileError | CloudErrorFormat | Error:
    """Return the error for programs."""
    from wizard.commands import formats

    if isinstance(error, KeyboardInterrupt):
        return formats.Error(kind="interrupted", message="Interrupted.")
    if isinstance(error, SetupError):
        problems = [formats.Problem(**asdict(problem)) for problem in error.problems]
        return formats.SetupFileError(message=str(error), problems=problems)
    if isinstance(error, CloudError):
        return formats.CloudError(
            message=error.message,
            service=error.service,
            operation=error.operation,
            status=error.status,
            reason=error.reason,
            hint=error.hint,
        )
    kind: Literal["bad-input", "refused"] = "bad-input" if isinstance(error, BadInput) else "refused"
    return formats.Error(kind=kind, message=str(error))
