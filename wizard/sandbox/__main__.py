"""`python -m wizard.sandbox`: serve a sandbox until it is stopped."""

import argparse
import asyncio
import gc
import os
import shlex
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


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped, then end the process with exit code 0. Returns an exit code only if it cannot start."""
    parser = _Parser(prog="python -m wizard.sandbox", description="Serve a sandbox cloud on loopback until stopped.")
    add_options(parser)
    return serve(parser.parse_args(arguments), parser.prog)


def serve(options: argparse.Namespace, prog: str) -> int:
    """Serve with these options; `prog` begins an error message. Ends as `main` does."""
    try:
        scenario = load(options.scenario)
    except ScenarioError as error:
        print(f"{prog}: {error}", file=sys.stderr)
        return USAGE_ERROR
    gc.set_threshold(20_000)  # loaded modules stay: collecting garbage among them is a quarter of the work
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # read when gRPC is loaded; else it prints what clients do wrong
    from .model.world import Settings
    from .server import Options, run  # loads aiohttp and grpc: only when the arguments are good

    settings = Settings(
        options.latency,
        options.propagation,
        options.operation_time,
        options.steady,
        not options.no_namespaces,
        options.task_session,
    )
    served = Options(
        options.port,
        options.env_file,
        options.request_log,
        settings,
        options.endpoints,
        tuple(options.pass_through),
        options.until_eof,
        tuple(options.run),
        options.faults,
    )
    try:
        asyncio.run(run(scenario, served))
    except OSError as error:
        print(f"{prog}: {error}", file=sys.stderr)
        return 1
    return _leave()


def _leave() -> NoReturn:
    """End at once: everything is closed, but a worker thread may still be loading modules."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a sandbox to a parser."""
    known = ", ".join(names())
    parser.add_argument(
        "--scenario", default=DEFAULT, help=f"the scenario: {known}, or a file whose name ends in .yaml"
    )
    parser.add_argument("--port", type=int, default=0, help="port of the proxy (default: a free port)")
    parser.add_argument(
        "--env-file",
        type=Path,
        help="write the environment variables of the sandbox to this file, so that a shell can `source` the file",
    )
    parser.add_argument("--request-log", type=Path, help="append a JSON line to this file for each API call")
    for name, text in (
        ("--latency", "delay for each API call, such as 100ms or 2s"),
        ("--propagation", "time until a policy change is effective"),
        ("--operation-time", "time until an operation is done"),
    ):
        parser.add_argument(name, type=_seconds, default=0.0, metavar="T", help=text)
    parser.add_argument(
        "--task-session",
        type=_session,
        default=21_600.0,
        metavar="T",
        help="lifetime of the AWS credentials of ECS tasks and Batch jobs (default: 6 hours)",
    )
    parser.add_argument(
        "--faults",
        type=Path,
        metavar="FILE",
        help="JSON file with a schedule of faults; the sandbox reads the file again when the file changes",
    )
    parser.add_argument(
        "--steady", action="store_true", help="make new service accounts visible to all read requests immediately"
    )
    parser.add_argument(
        "--no-namespaces",
        action="store_true",
        help="run workloads in the network of this machine, with metadata server addresses in environment variables",
    )
    parser.add_argument(
        "--endpoints",
        action="store_true",
        help="write endpoint variables instead of proxy variables, for clients that ignore proxies",
    )
    parser.add_argument(
        "--pass-through",
        action="extend",
        nargs="+",
        default=[],
        metavar="HOST",
        help="external host that programs in the sandbox can reach",
    )
    parser.add_argument(
        "--run",
        type=_words,
        default=[],
        metavar="COMMAND",
        help="command that tasks, jobs, functions and new pods run instead of the programs in their images",
    )
    parser.add_argument("--until-eof", action="store_true", help="stop the sandbox when standard input ends")


def _words(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if not words:
        raise argparse.ArgumentTypeError("the command is empty")
    return words


def _seconds(text: str) -> float:
    try:
        return seconds(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _session(text: str) -> float:
    lifetime = _seconds(text)
    if lifetime < 1:
        raise argparse.ArgumentTypeError("the lifetime must be at least 1s")
    return lifetime


if __name__ == "__main__":
    sys.exit(main())
