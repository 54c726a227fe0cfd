"""`python -m wizard.sandbox`: serve a sandbox until it is stopped."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from .duration import seconds
from .scenario import DEFAULT, ScenarioError, load, names

USAGE_ERROR = 64
"""Exit code for bad usage (sysexits)."""


def main(arguments: list[str] | None = None) -> int:
    """Serve; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        scenario = load(options.scenario)
    except ScenarioError as error:
        print(error, file=sys.stderr)
        return USAGE_ERROR
    from .server import Options, run  # after the arguments are known to be good
    from .world import Settings

    settings = Settings(options.latency, options.propagation, options.operation_time, options.steady)
    asyncio.run(
        run(
            scenario,
            Options(options.port, options.env_file, options.request_log, settings, options.until_eof),
        )
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m wizard.sandbox", description=__doc__)
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
        parser.add_argument(name, type=seconds, default=0.0, metavar="T", help=f"time {text}: 0.1, 100ms, 2s, 5m")
    parser.add_argument("--steady", action="store_true", help="new service accounts do not come and go")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    return parser


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Everything is closed. A worker thread may still be loading heavy modules, which nobody needs any more.
    os._exit(code)
