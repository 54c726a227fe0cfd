"""One sandbox process: both clouds on loopback, under their true names, until it is stopped."""

import asyncio
import os
import shutil
import signal
import ssl
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from . import client_variables
from .authority import Authority
from .aws import AwsCloud
from .client_variables import GoogleOperator
from .edge.front import Front
from .edge.tunnel import Destination, Tunnel
from .env_file import write_env_file, write_private
from .faults import Faults
from .google import grpc_server
from .google.apis import MOUNTS
from .google.gateway import Gateway
from .loopback import only_this_server
from .model.clusters import Cluster
from .model.world import Settings, World, utc_now
from .network import Proxy
from .own_folder import OwnFolder
from .request_log import RequestLog
from .runner import Runner
from .scenario import Scenario
from .seeding import operator_refresh_token, operator_token, seed, seed_eks

CERTIFICATE_LIFETIME = timedelta(days=1)
"""Of the certificates for the clouds' names."""


@dataclass(frozen=True)
class Served:
    """A world that is being served, its AWS account, if any, and the variables that point clients at it."""

    world: World
    aws: AwsCloud | None
    variables: dict[str, str]
    address: str


@dataclass(frozen=True)
class Options:
    """How to serve.

    Port 0 takes a free one. `endpoints` writes the endpoint variables of clients in place of a proxy's.
    `pass_through` are hosts that may be reached outside. `until_eof` stops when standard input ends, as it does with
    its owner. `command` is what workloads run instead of the programs in their images. `faults` has the schedule of
    faults.
    """

    port: int = 0
    env_file: Path | None = None
    request_log: Path | None = None
    settings: Settings = field(default_factory=Settings)
    endpoints: bool = False
    pass_through: tuple[str, ...] = ()
    until_eof: bool = False
    command: tuple[str, ...] = ()
    faults: Path | None = None


async def run(scenario: Scenario, options: Options) -> None:
    """Serve the scenario until SIGTERM or SIGINT (or, if asked, the end of standard input); leaves no file behind."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    if options.until_eof:
        loop.add_reader(sys.stdin.fileno(), _stop_at_eof, stopped)
    own = OwnFolder()
    tempfile.tempdir = str(own.path)  # all that is made from now on is in there
    async with AsyncExitStack() as stack:
        stack.callback(own.remove)
        served = await stack.enter_async_context(serving(scenario, options))
        if options.env_file is not None:
            own.note_env_file(options.env_file)
            write_env_file(options.env_file, served.variables)
        _say(scenario, options.env_file, served.address)
        # Nothing waits for these threads: a stop must not have to wait until all is warm.
        threading.Thread(target=grpc_server.warm, daemon=True).start()
        for cluster in served.world.clusters:
            threading.Thread(target=cluster.kubernetes.keys.warm, daemon=True).start()
        if served.aws is not None:
            threading.Thread(target=served.aws.warm, daemon=True).start()
        await stopped.wait()


def _say(scenario: Scenario, env_file: Path | None, address: str) -> None:
    """Print on standard error that the sandbox is up, and how to reach it."""
    how = f"source {env_file}" if env_file is not None else "start it with --env-file to point other programs at it"
    print(f"Sandbox: {scenario.title}. Proxy at {address}; {how}. Ctrl-C stops it.", file=sys.stderr, flush=True)


def _stop_at_eof(stopped: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        stopped.set()


@asynccontextmanager
async def serving(scenario: Scenario, options: Options) -> AsyncIterator[Served]:
    """The servers, listening, and the environment variables that point clients at them."""
    log = RequestLog(options.request_log, utc_now)
    faults = Faults(scenario.faults, options.faults)

    def clock() -> datetime:
        return utc_now() + timedelta(seconds=faults.ahead)

    world = World(options.settings, clock=clock, faults=faults, log=log)
    world.command = options.command
    seed(world, scenario.google)
    seed_eks(world, scenario.aws)
    gateway = Gateway(world, MOUNTS)
    async with AsyncExitStack() as stack:
        stack.callback(log.close)
        private = Path(tempfile.mkdtemp(prefix="wif-wizard-sandbox-"))
        stack.callback(shutil.rmtree, private, ignore_errors=True)
        aws = _aws(world, scenario)
        world.aws = aws
        edge = _Edge(stack, gateway, aws, private, options)
        await edge.start()
        world.network.proxy = edge.for_workloads
        if aws is not None:
            stack.push_async_callback(aws.close)
            world.instance_metadata = aws.runs.metadata_service
        project = str(scenario.google["projects"][0]["id"])
        operator = GoogleOperator(
            project, operator_token(world, scenario.google), operator_refresh_token(world, scenario.google)
        )
        variables = {"WIF_WIZARD_SANDBOX": scenario.name, **client_variables.google(private, operator)}
        variables |= client_variables.nobody_on_aws(private)
        if list(world.clusters):
            from .kubernetes.server import serve_all  # its modules are loaded only where there is a cluster

            variables |= await serve_all(stack, world, gateway.answer, private, operator.token, edge.open_door)
        else:
            from .kubernetes import kubeconfig

            # For clusters to come: without a file of the sandbox, gcloud would write into the caller's own.
            variables |= kubeconfig.variables([], private, operator.token)
        if aws is not None and world.eks:
            from .kubernetes.server import serve

            for cluster in world.eks:
                await serve(stack, world, cluster, gateway.answer, edge.open_door)
            aws.eks.clusters = world.eks
        _serve_clusters_to_come(stack, world, gateway, edge)
        if aws is not None:
            key = aws.operator
            variables |= client_variables.aws(key.access_key_id, key.secret_access_key, aws.region)
            variables["WIF_WIZARD_SANDBOX_TOKEN"] = aws.admin_token
        yield Served(world, aws, {**variables, **edge.variables}, edge.url)


def _aws(world: World, scenario: Scenario) -> AwsCloud | None:
    """The AWS account of the scenario, if it has one."""
    if not scenario.aws:
        return None
    return AwsCloud(world.settings, world.clock, world.faults, world.log, scenario.aws, world.network, world.command)


def _serve_clusters_to_come(stack: AsyncExitStack, world: World, gateway: Gateway, edge: "_Edge") -> None:
    """Let the world's clusters come and go while the sandbox runs, with their Kubernetes APIs."""

    async def serve_cluster(cluster: Cluster) -> None:
        from .kubernetes.server import serve

        await serve(stack, world, cluster, gateway.answer, edge.open_door)

    def end_cluster(cluster: Cluster) -> None:
        edge.close_door(cluster.endpoint)
        if cluster.close is not None:
            cluster.close()

    world.serve_cluster, world.end_cluster = serve_cluster, end_cluster


class _Edge:
    """The proxy and, for clients that are given endpoints, the servers beside it."""

    def __init__(
        self, stack: AsyncExitStack, gateway: Gateway, aws: AwsCloud | None, private: Path, options: Options
    ) -> None:
        self._stack, self._gateway, self._aws, self._private, self._options = stack, gateway, aws, private, options
        self._authority = Authority("wif-wizard sandbox", gateway.world.clock(), CERTIFICATE_LIFETIME)
        self._free_addresses = _addresses()
        self.url = ""
        self.for_workloads: Proxy | None = None
        """The proxy as the programs of workloads reach it."""
        self.variables: dict[str, str] = {}
        """The variables for the operator's programs: those of the proxy, or endpoints."""

    async def start(self) -> None:
        """Listen."""
        options, private = self._options, self._private
        front = Runner(Front(self._gateway, self._aws, options.pass_through).app(), shutdown_timeout=1.0)
        await front.setup()
        self._stack.push_async_callback(front.cleanup)
        grpc, grpc_port = await grpc_server.serve(self._gateway)
        self._stack.push_async_callback(grpc.stop, None)
        assert front.server is not None  # there is one after setup
        self._tunnel = Tunnel(front.server, grpc_port, self._authority, private, options.pass_through)
        port = self._tunnel.start(options.port)
        self._stack.push_async_callback(self._tunnel.close)
        self.url = f"http://127.0.0.1:{port}"
        if self._aws is not None:
            self._aws.endpoint = self.url
        bundle = private / "certificates.pem"
        write_private(bundle, self._authority.pem + (_public_roots() if options.pass_through else b""))
        way_out = client_variables.way_out(port, bundle)
        self.for_workloads = Proxy(port, self._tunnel.serving, way_out)
        if options.endpoints:
            self.variables = client_variables.google_endpoints(self.url, f"127.0.0.1:{grpc_port}")
            self.variables |= await self._aws_endpoint()
        else:
            trust_store = self._authority.java_trust_store(client_variables.TRUST_STORE_PASSWORD)
            self.variables = {**way_out, **client_variables.java(port, private, trust_store)}

    async def _aws_endpoint(self) -> Mapping[str, str]:
        """Serve the AWS side on a port of its own."""
        if self._aws is None:
            return {"AWS_ENDPOINT_URL": self.url}  # where there is no AWS either
        app = self._aws.app()
        app.middlewares.append(only_this_server())
        runner = Runner(app, shutdown_timeout=1.0)
        self._aws.endpoint = f"http://127.0.0.1:{await self._listen(runner)}"
        return {"AWS_ENDPOINT_URL": self._aws.endpoint}

    async def open_door(self, runner: web.AppRunner, authority: Authority, names: tuple[str, ...]) -> str:
        """Let clients reach a cluster's API server over TLS; returns its address."""
        if self._options.endpoints:
            context = authority.context(("127.0.0.1", *names), self._private)
            return f"127.0.0.1:{await self._listen(runner, context)}"
        address = next(self._free_addresses)
        assert runner.server is not None  # there is one after setup
        self._tunnel.addresses[address] = Destination(
            runner.server, authority.context((address, *names), self._private)
        )
        return address

    def close_door(self, address: str) -> None:
        """Lead nobody to an API server any more."""
        self._tunnel.addresses.pop(address, None)

    async def _listen(self, runner: web.AppRunner, context: ssl.SSLContext | None = None) -> int:
        """Serve on a free port of 127.0.0.1; returns the port."""
        if runner.server is None:
            await runner.setup()
            self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        return int(runner.addresses[-1][1])


def _addresses() -> Iterator[str]:
    """Addresses for clusters, from a block that is for documentation (RFC 5737): nobody has them."""
    return (f"203.0.113.{number}" for number in range(10, 255))


def _public_roots() -> bytes:
    """The certificates that this machine trusts (PEM), for the hosts that may be reached outside."""
    certificates = ssl.create_default_context().get_ca_certs(binary_form=True)
    return "".join(ssl.DER_cert_to_PEM_cert(each) for each in certificates).encode()
