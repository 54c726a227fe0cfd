"""The command line: what can be asked for, and which exit code answers.

Heavy imports stay inside the command that needs them, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import signal
import sys
from importlib import import_module
from typing import NoReturn

from wizard import __version__
from wizard.commands import exits, output

_DESCRIPTION = """\
Take workloads on AWS or GKE from service account keys to Workload Identity Federation, and see it work.
Without a command, the full-screen wizard opens.

Exit codes: 0 done; 1 a cloud or a check said no; 2 changes pending (plan); 64 bad usage or bad input;
130 interrupted."""


_DEMO_MODULES = frozenset({"aiohttp", "moto", "flask", "flask_cors", "cryptography"})
"""What only the extra `demo` installs."""


class _Parser(argparse.ArgumentParser):
    """argparse, with sysexits' code for bad usage."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(exits.USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; answers its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    signal.signal(signal.SIGTERM, _interrupt)
    output.prepare()
    try:
        if arguments[:1] == ["sandbox"]:  # its options are its own
            return int(import_module("wizard.sandbox.__main__").main(arguments[1:], "wif-wizard sandbox"))
        return _run(_parser().parse_args(arguments))
    except KeyboardInterrupt:
        output.complain("\ninterrupted")
        return exits.INTERRUPTED
    except ModuleNotFoundError as error:
        if error.name not in _DEMO_MODULES:
            raise
        output.complain(f"wif-wizard: the sandbox needs {error.name}: pip install 'wif-wizard[demo]'")
        return exits.USAGE
    finally:
        output.finish()


def _interrupt(*_: object) -> NoReturn:
    """Being told to end is an interrupt: what was put into a trust policy for a test is taken out again."""
    raise KeyboardInterrupt


def _run(options: argparse.Namespace) -> int:
    gc.set_threshold(50_000)  # what a command loads stays: looking through it for garbage is a tenth of its time
    atexit.register(gc.freeze)  # and then it all goes at once
    from wizard.engine.resource import Refused
    from wizard.setup.problems import BadInput

    try:
        return int(import_module(f"wizard.commands.{options.command or 'wizard'}").run(options))
    except BadInput as error:
        output.complain(f"wif-wizard: {error}")
        return exits.USAGE
    except Refused as error:
        output.complain(f"wif-wizard: {error}")
        return exits.REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="wif-wizard", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"wif-wizard {__version__}")
    parser.set_defaults(setup=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    wizard = commands.add_parser("wizard", help="the full-screen wizard; also what runs without a command")
    wizard.add_argument("setup", metavar="SETUP.yaml", nargs="?", help="pick up this setup")
    _plan_and_apply(commands)
    _test(commands)
    _demo_and_sandbox(commands)
    runs = commands.add_parser("runs", help="list what was applied from this machine")
    _json(runs)
    return parser


def _plan_and_apply(commands: argparse._SubParsersAction[_Parser]) -> None:
    plan = commands.add_parser("plan", help="show what would be changed; exit 0: nothing, 2: something")
    apply = commands.add_parser("apply", help="make the changes, and read each one back")
    for command in (plan, apply):
        command.add_argument("setup", metavar="SETUP.yaml")
        command.add_argument(
            "--only", choices=("aws", "google", "kubernetes"), help="one half; the other is handed over as commands"
        )
        _json(command)
    apply.add_argument("--yes", action="store_true", help="consent to all that the plan shows")


def _test(commands: argparse._SubParsersAction[_Parser]) -> None:
    test = commands.add_parser("test", help="walk the way of the credential, hop by hop; exit 1 if a hop failed")
    test.add_argument("file", metavar="SETUP.yaml|CONFIG.json")
    places = "here, as the workload; inside the workload itself; or in a one-off task: a pod on GKE"
    test.add_argument("--from", dest="place", choices=("here", "inside", "task"), help=places)
    test.add_argument(
        "--yes",
        action="store_true",
        help="consent to a one-off pod, or a temporary statement in the role's trust policy",
    )
    test.add_argument(
        "--wait", metavar="T", default="10m", help="how long a young grant is waited for (default %(default)s)"
    )
    _json(test)


def _demo_and_sandbox(commands: argparse._SubParsersAction[_Parser]) -> None:
    demo = commands.add_parser("demo", help="walk a scenario on a sandbox cloud")
    demo.add_argument("--scenario", default="batch-bigquery", metavar="NAME")
    commands.add_parser("sandbox", help="serve a sandbox cloud on loopback until stopped", add_help=False)


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="JSON on stdout and nothing else")


if __name__ == "__main__":
    sys.exit(main())
