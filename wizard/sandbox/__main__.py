"""`python -m wizard.sandbox`: serve a sandbox until it is stopped."""

import argparse
import asyncio
import gc
import os
import sys
from pathlib import Path
from typing import NoReturn

from .duration import seconds
from .scenario import DEFAULT, ScenarioError, load, names

USAGE_ERROR = 64
"""Exit code for bad usage (sysexits)."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE_ERROR, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None, prog: str = "python -m wizard.sandbox") -> int:
    """Serve until stopped, and then end the process with exit code 0; the exit code if it cannot begin."""
    options = _parser(prog).parse_args(arguments)
    try:
        scenario = load(options.scenario)
    except ScenarioError as error:
        print(f"{prog}: {error}", file=sys.stderr)
        return USAGE_ERROR
    gc.set_threshold(20_000)  # what is loaded stays: looking through it for garbage is a quarter of the work
    from .model.world import Settings
    from .server import Options, run  # loads aiohttp and grpc: only when the arguments are good

    settings = Settings(options.latency, options.propagation, options.operation_time, options.steady)
    served = Options(options.port, options.env_file, options.request_log, settings, options.until_eof)
    try:
        asyncio.run(run(scenario, served))
    except OSError as error:
        print(f"{prog}: {error}", file=sys.stderr)
        return 1
    return _leave()


def _leave() -> NoReturn:
    """End at once: all is closed, but a worker thread may still be loading modules that nobody needs any more."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = _Parser(prog=prog, description="Serve a sandbox cloud on loopback until stopped.")
    known = ", ".join(names())
    parser.add_argument("--scenario", default=DEFAULT, help=f"one of {known}, or a file that ends in .yaml")
    parser.add_argument("--port", type=int, default=0, help="of the Google APIs; a free one by default")
    parser.add_argument("--env-file", type=Path, help="where to write the `export` lines that lead here")
    parser.add_argument("--request-log", type=Path, help="where to write a JSON line for each call")
    for name, text in (
        ("--latency", "added to every call"),
        ("--propagation", "until a policy change is enforced"),
        ("--operation-time", "that an operation takes"),
    ):
        parser.add_argument(name, type=_seconds, default=0.0, metavar="T", help=f"time {text}: 0.1, 100ms, 2s, 5m")
    parser.add_argument("--steady", action="store_true", help="new service accounts do not come and go")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    return parser


def _seconds(text: str) -> float:
    try:
        return seconds(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
