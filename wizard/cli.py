"""The entry point: parses the command line, runs one command, and returns its exit code.

Heavy imports stay inside the command that needs them, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import itertools
import os
import sys
import threading
from contextlib import AbstractContextManager, ExitStack, nullcontext
from importlib import import_module
from typing import Any, NoReturn

from wizard import language
from wizard.commands import output
from wizard.commands.interrupts import Interrupts
from wizard.commands.parser import BadUsage, parser
from wizard.language import _

_NO_JOURNAL = "the journal {path} does not exist. Correct the path in `--journal`"


def program() -> NoReturn:
    """Run one command as a process of its own, and end it with the exit code."""
    ending = _Ending()
    atexit.register(ending.leave)  # the first to be registered is the last to run
    ending.code = main()
    sys.exit(ending.code)


class _Ending:
    """The end of the process."""

    code: int | None = None
    """The exit code; None until the command has returned."""

    def leave(self) -> None:
        """Leave at once if a read goes on that nobody waits for.

        It may be inside OpenSSL, whose own end, which comes after this, takes away what the read uses: a crash.
        """
        if self.code is not None and any(thread.daemon for thread in threading.enumerate()):
            output.finish()
            os._exit(self.code)


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in arguments
    output.prepare()
    Interrupts(output.complain).install()
    try:
        _speak(_language_in(arguments), as_json)  # for the help, and for what is wrong with the arguments
        return _run(_parsed(arguments), as_json)
    except BadUsage as error:
        from wizard.commands import failures
        from wizard.setup.problems import BadInput

        return failures.report(BadInput(str(error)), as_json, f"{error.usage}{error}")
    except KeyboardInterrupt as interrupt:
        from wizard.commands import failures

        return failures.report(interrupt, as_json, f"\n{_('Interrupted.')}")
    finally:
        output.finish()


_RUN_PROGRAMS = ("sandbox", "serve-credentials")
"""The commands that run a program of the user's."""


def _parsed(arguments: list[str]) -> argparse.Namespace:
    """The options. What follows -- after some commands is a program with its own options, which nobody reads here."""
    if not arguments or arguments[0] not in _RUN_PROGRAMS:
        return parser().parse_args(arguments)
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = parser(arguments[0]).parse_args(arguments[:end])
    options.given = arguments[1:end]
    options.program = arguments[end + 1 :] if end < len(arguments) else None
    return options


def _run(options: argparse.Namespace, as_json: bool) -> int:
    gc.set_threshold(50_000)  # modules are never garbage: searching them takes a tenth of the time
    atexit.register(gc.freeze)  # and at the end there is nothing to search either
    from wizard.commands import failures

    _choose_language(options, as_json)
    try:
        _choose_journal(options)
        with _call_log(options):
            return int(_command(options).run(options))
    except failures.EXPECTED as error:
        return failures.report(error, as_json)


def _command(options: argparse.Namespace) -> Any:
    name = (options.command or "wizard").replace("-", "_")
    return import_module(f"wizard.commands.{name}")


_IN_ENGLISH = ("completion", "export", "probe", "sandbox", "schema", "serve-credentials")
"""The commands that print or write what programs or other people read."""


def _choose_language(options: argparse.Namespace, as_json: bool) -> None:
    """Speak the language that --lang names, else that of the locale. What programs read is in English."""
    _speak(options.lang, as_json or options.command in _IN_ENGLISH)


def _language_in(arguments: list[str]) -> str:
    """Return the language that --lang names, before the arguments are parsed; empty without one."""
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    named = [each.removeprefix("--lang=") for each in own if each.startswith("--lang=")]
    named += [value for option, value in itertools.pairwise(own) if option == "--lang"]
    return named[-1] if named else ""


def _speak(wanted: str | None, in_english: bool) -> None:
    """Speak a language that was asked for, else that of the locale, if the terminal has its letters."""
    if in_english:
        language.use("en")
        return
    asked = next((each for each in language.LANGUAGES if each == wanted), None)
    if asked:
        language.use(asked)
        return
    of_locale = language.of_environment(os.environ)
    language.use(of_locale if output.can_print(language.LETTERS[of_locale]) else "en")


def _choose_journal(options: argparse.Namespace) -> None:
    """Use the journal that --journal names, here and in child processes. Raises BadInput if there is none."""
    path = getattr(options, "journal", None)
    if path is None:
        return
    from wizard.engine.journal import PATH_VARIABLE
    from wizard.setup.problems import BadInput

    if not path.is_file():
        raise BadInput(_(_NO_JOURNAL).format(path=path))
    os.environ[PATH_VARIABLE] = str(path.absolute())


_SAY_WHAT_THEY_WAIT_FOR = ("plan", "apply", "test", "doctor", "resume", "revert")


def _call_log(options: argparse.Namespace) -> AbstractContextManager[Any, bool | None]:
    """A context that logs the cloud calls of a command, if --debug or --log asks for it, and says what it waits for."""
    says = options.command in _SAY_WHAT_THEY_WAIT_FOR
    if not options.debug and options.log is None and not says:
        return nullcontext()
    from wizard.commands import call_log, heartbeat

    context = ExitStack()
    context.enter_context(call_log.listening(options.debug, options.log))
    if says:
        context.enter_context(call_log.waiting())
        context.enter_context(heartbeat.heartbeat())
    return context
