"""`wif-wizard apply` with several setups: one after another, each with its own review and run in the journal."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence

from wizard.commands import apply, exits, failures, several, several_plan
from wizard.commands.output import Console, complain
from wizard.language import N_, _, translated
from wizard.setup.problems import BadInput
from wizard.work import setup_files
from wizard.work import several as work

_FOR_ONE = {"export": "--export"}
_NOT_READ = N_(
    "The wizard changed nothing, because some setups are not valid. Correct these setups, or leave them out."
)
_CONTRADICT = N_("The wizard changed nothing: the setups contradict each other. Change one of the setups.")
_SETUP = "Setup {number} of {count}: {file}"
_ALL_DONE = "The wizard applied {count} setups."
_DONE = "  applied:     {file}"
_STOPPED = "  stopped at:  {file}"
_NOT_BEGUN = "  not applied: {file}"
_GO_ON = N_("To continue, fix the cause, then run: {command}")
_GO_ON_AFTER_INTERRUPT = N_("To continue: {command}")


def run(options: argparse.Namespace, console: Console) -> int:
    """Returns the worst exit code of the setups: the first setup that does not end well ends the command.

    Nothing is written if a setup is not valid, or if setups contradict each other. Raises BadInput.
    """
    several.refuse(options, _FOR_ONE)
    named = setup_files.named(options.setup)
    rows, clashes = work.plan(named.files, options.only, override_owner=options.override_owner)
    console.say(*named.notes)
    several_plan.say(rows, clashes, console, verbose=options.verbose)
    invalid = [row for row in rows if isinstance(row.error, BadInput)]
    if invalid:
        return _nothing_done(named.files, invalid[0].file, invalid[0].error, _NOT_READ, exits.USAGE, console)
    if any(clash.is_contradiction for clash in clashes):
        return _nothing_done(named.files, None, None, _CONTRADICT, exits.REFUSED, console)
    return _in_turn(named.files, options, console)


def _in_turn(files: Sequence[str], options: argparse.Namespace, console: Console) -> int:
    for number, file in enumerate(files):
        console.say("", _(_SETUP).format(number=number + 1, count=len(files), file=file))
        if console.as_json:
            from wizard.commands import formats_several

            console.answer(formats_several.NextSetup(file=file))
        error: BaseException | None = None
        try:
            code = apply.of_setup(file, options, console)
        except failures.EXPECTED as refused:
            error, code = refused, failures.code_of(refused)
            complain(f"wif-wizard: {refused}")
        except KeyboardInterrupt as interrupt:
            error, code = interrupt, exits.INTERRUPTED
        if code != exits.DONE:
            _ended(files[:number], file, files[number + 1 :], error, console)
            template = _GO_ON_AFTER_INTERRUPT if code == exits.INTERRUPTED else _GO_ON
            console.say(translated(template).format(command=_command(files[number:], options)))
            return code
    _ended(files, None, (), None, console)
    return exits.DONE


def _nothing_done(
    files: Sequence[str], stopped: str | None, error: BaseException | None, text: str, code: int, console: Console
) -> int:
    complain(f"wif-wizard: {translated(text)}")
    if console.as_json:
        _answer((), stopped, error, [file for file in files if file != stopped], console)
    return code


def _ended(
    done: Sequence[str],
    stopped: str | None,
    not_begun: Sequence[str],
    error: BaseException | None,
    console: Console,
) -> None:
    """Say which setups are done, and which are not begun."""
    if console.as_json:
        _answer(done, stopped, error, not_begun, console)
    console.say("")
    if stopped is None:
        console.say(_(_ALL_DONE).format(count=len(done)))
        return
    console.say(*(_(_DONE).format(file=file) for file in done), _(_STOPPED).format(file=stopped))
    console.say(*(_(_NOT_BEGUN).format(file=file) for file in not_begun))


def _command(files: Sequence[str], options: argparse.Namespace) -> str:
    """Return the command that goes on with the setups that are not done."""
    only = ["--only", options.only] if options.only else []
    flags = {"--override-owner": options.override_owner, "--yes": options.yes, "--accept-loss": options.accept_loss}
    return shlex.join(["wif-wizard", "apply", *files, *only, *(flag for flag, given in flags.items() if given)])


def _answer(
    done: Sequence[str],
    stopped: str | None,
    error: BaseException | None,
    not_begun: Sequence[str],
    console: Console,
) -> None:
    from wizard.commands import formats_several

    console.answer(
        formats_several.AppliedSetups(
            done=list(done), stopped=stopped, error=several.error_json(error), not_begun=list(not_begun)
        )
    )
