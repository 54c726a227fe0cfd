"""One sandbox process: the servers of both clouds on loopback, until it is stopped."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from . import (
    bigquery,
    credentials,
    grpc_iam,
    pools,
    resource_manager,
    role_methods,
    service_accounts,
    service_usage,
    sts,
    token_info,
)
from .env_file import Addresses, google_variables, write_env_file
from .faults import Faults
from .gateway import Gateway, Mount
from .request_log import RequestLog
from .scenario import Scenario
from .seeding import operator_token, seed
from .web import google_app
from .world import Settings, World, utc_now

MOUNTS = (
    Mount("iam", "iam.googleapis.com", [*service_accounts.ROUTES, *role_methods.ROUTES, *pools.ROUTES]),
    Mount("iamcredentials", credentials.SERVICE, credentials.ROUTES),
    Mount("sts", sts.SERVICE, sts.ROUTES),
    Mount("cloudresourcemanager", resource_manager.SERVICE, resource_manager.ROUTES),
    Mount("serviceusage", service_usage.SERVICE, service_usage.ROUTES),
    Mount("bigquery", bigquery.SERVICE, bigquery.ROUTES, quota_project=False),
    Mount("oauth2", token_info.SERVICE, token_info.ROUTES, quota_project=False),
)


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
    async with serving(scenario, options) as variables:
        if options.env_file is not None:
            write_env_file(options.env_file, variables)
        warming = asyncio.create_task(asyncio.to_thread(grpc_iam.methods))
        await stopped.wait()
        await warming


def _stop_at_eof(stopped: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        stopped.set()


@asynccontextmanager
async def serving(scenario: Scenario, options: Options) -> AsyncIterator[dict[str, str]]:
    """The servers, up and listening; gives the variables of the environment that leads to them."""
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
        yield {"WIF_WIZARD_SANDBOX": scenario.name, **variables}


async def _listen(stack: AsyncExitStack, app: web.Application, port: int) -> int:
    """Serve the application on 127.0.0.1; the port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    return int(runner.addresses[0][1])
