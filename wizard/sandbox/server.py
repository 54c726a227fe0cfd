"""One sandbox process: the servers of both clouds on loopback, until it is stopped."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from .aws import AwsCloud
from .env_file import Addresses, aws_variables, google_variables, write_env_file
from .faults import Faults
from .google import grpc_iam
from .google.apis import MOUNTS
from .google.gateway import Gateway
from .google.web import google_app
from .loopback import only_this_machine
from .model.world import Settings, World, utc_now
from .request_log import RequestLog
from .scenario import Scenario
from .seeding import operator_token, seed


@dataclass(frozen=True)
class Served:
    """A world that is being served, its AWS account, if any, and the variables that point clients at it."""

    world: World
    aws: AwsCloud | None
    variables: dict[str, str]
    address: str


@dataclass(frozen=True)
class Options:
    """How to serve: port 0 takes free ones; `until_eof` stops when standard input ends, as it does with its owner."""

    port: int = 0
    env_file: Path | None = None
    request_log: Path | None = None
    settings: Settings = field(default_factory=Settings)
    until_eof: bool = False


async def run(scenario: Scenario, options: Options) -> None:
    """Serve the scenario until SIGTERM or SIGINT (or, if asked, the end of standard input); leaves no file behind."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    if options.until_eof:
        loop.add_reader(sys.stdin.fileno(), _stop_at_eof, stopped)
    async with serving(scenario, options) as served:
        if options.env_file is not None:
            write_env_file(options.env_file, served.variables)
        _say(scenario, options.env_file, served.address)
        # Nothing waits for these threads: a stop must not have to wait until all is warm.
        threading.Thread(target=grpc_iam.methods, daemon=True).start()
        for cluster in served.world.clusters:
            threading.Thread(target=cluster.kubernetes.keys.warm, daemon=True).start()
        if served.aws is not None:
            threading.Thread(target=served.aws.warm, daemon=True).start()
        await stopped.wait()


def _say(scenario: Scenario, env_file: Path | None, address: str) -> None:
    """Print on standard error that the sandbox is up, and how to reach it."""
    how = f"source {env_file}" if env_file is not None else "start it with --env-file to point other programs at it"
    print(f"Sandbox: {scenario.title}. Google at {address}; {how}. Ctrl-C stops it.", file=sys.stderr, flush=True)


def _stop_at_eof(stopped: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        stopped.set()


@asynccontextmanager
async def serving(scenario: Scenario, options: Options) -> AsyncIterator[Served]:
    """The servers, listening, and the environment variables that point clients at them."""
    log = RequestLog(options.request_log, utc_now)
    world = World(options.settings, faults=Faults(scenario.faults), log=log)
    seed(world, scenario.google)
    gateway = Gateway(world, MOUNTS)
    async with AsyncExitStack() as stack:
        stack.callback(log.close)
        private = Path(tempfile.mkdtemp(prefix="wif-wizard-sandbox-"))
        stack.callback(shutil.rmtree, private, ignore_errors=True)
        port = await _listen(stack, google_app(gateway), options.port)
        grpc_server, grpc_port = await grpc_iam.serve(gateway, 0)
        stack.push_async_callback(grpc_server.stop, None)
        addresses = Addresses(f"http://127.0.0.1:{port}", f"127.0.0.1:{grpc_port}")
        project = str(scenario.google["projects"][0]["id"])
        token = operator_token(world, scenario.google)
        variables = google_variables(addresses, private, project, token)
        if list(world.clusters):
            from .kubernetes.server import serve_all  # loads cryptography: only where there is a cluster

            variables |= await serve_all(stack, world, gateway.answer, private, token)
        aws = AwsCloud(options.settings, world.clock, world.faults, log, scenario.aws) if scenario.aws else None
        if aws is not None:
            world.aws = aws
            variables |= await _serve_aws(stack, aws, private)
        yield Served(world, aws, {"WIF_WIZARD_SANDBOX": scenario.name, **variables}, addresses.google)


async def _serve_aws(stack: AsyncExitStack, aws: AwsCloud, private: Path) -> dict[str, str]:
    """Serve the AWS side on a port of its own; returns the variables that point clients at it."""
    app = aws.app()
    app.middlewares.append(only_this_machine)
    aws.endpoint = f"http://127.0.0.1:{await _listen(stack, app, 0)}"
    key = aws.operator
    variables = aws_variables(aws.endpoint, private, key.access_key_id, key.secret_access_key, aws.region)
    return {**variables, "WIF_WIZARD_SANDBOX_TOKEN": aws.admin_token}


async def _listen(stack: AsyncExitStack, app: web.Application, port: int) -> int:
    """Serve the application on 127.0.0.1; returns the port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    return int(runner.addresses[0][1])
