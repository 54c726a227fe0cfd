"""Programs that run as an ECS task, a Batch job or an EC2 instance of the account, with what its runtime gives them.

Each finds link-local addresses: a task its credentials and metadata, an instance its metadata service, and a task on an
instance both. In a network that is not its own, a program is told where the metadata service is by
AWS_EC2_METADATA_SERVICE_ENDPOINT, which AWS does not set. The variable changes nothing else that SDKs do: they ask the
metadata service last, whatever its address. Google's auth libraries do not read the variable. Sources: Amazon ECS
developer guide, "Task IAM role" and "Task metadata endpoint version 4"; Amazon EC2 user guide, "Use IMDSv2".
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from wizard.sandbox.loopback import only_this_server
from wizard.sandbox.network import Network, Place, Service, Site
from wizard.sandbox.runner import Runner

from .backend import Backend
from .container_metadata import ContainerMetadata
from .hosts import HOPS
from .instance_metadata import InstanceMetadata
from .messages import Message, Reply, message
from .workloads import KILLED, Form, Task, Workloads

TASK_ADDRESS = "169.254.170.2"
INSTANCE_ADDRESS = "169.254.169.254"

ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"

SILENCE = 3.0
"""Seconds after which the sandbox closes a connection without an answer; on AWS the client waits as long as it will.

It is longer than AWS SDKs (1 s) and the probe (2 s) wait: they see a timeout, as on AWS.
"""

PAUSE = 0.1
"""Seconds between two looks at whether a workload still runs."""

Answer = Callable[[Message], Awaitable[Reply | None]]
"""The reply to a request; None if the reply does not arrive."""
Wanted = Callable[[], bool]
"""Whether somebody still waits for a program's end."""


def _always() -> bool:
    return True


class NotRunningError(Exception):
    """A task or instance that does not run, or not yet."""


@dataclass(frozen=True)
class Finished:
    """The end of a program: its exit code (128 and the number of the signal that ended it), and all that it printed."""

    exit_code: int
    output: str


class Runs:
    """Runs programs as the workloads of one account, in places of the network."""

    def __init__(
        self,
        workloads: Workloads,
        containers: ContainerMetadata,
        instances: InstanceMetadata,
        backend: Backend,
        network: Network,
    ) -> None:
        self._workloads = workloads
        self._containers = containers
        self._instances = instances
        self._backend = backend
        self._network = network

    async def run_as_task(self, name: str, command: Sequence[str], wanted: Wanted = _always) -> Finished:
        """Run a program in the container of a task (by its id or ARN, or its job's id), while it runs and is `wanted`.

        Raises KeyError for a task that is not known, NotRunningError for one that does not run.
        """
        task = self._workloads.find(name)
        if task is None:
            raise KeyError(name)
        if not self._is_running(task):
            raise NotRunningError(f"Task {task.id} is not running.")

        output = bytearray()
        code = await self._run_in(task, command, {}, output.extend, wanted)
        return Finished(code, output.decode(errors="replace"))

    async def run_program(self, task: Task, write: Callable[[bytes], None]) -> int:
        """Run the program of a task while the task runs, and pass its output to `write`; returns the exit code."""
        return await self._run_in(task, task.program, task.variables, write, _always)

    async def _run_in(
        self,
        task: Task,
        command: Sequence[str],
        variables: Mapping[str, str],
        write: Callable[[bytes], None],
        wanted: Wanted,
    ) -> int:
        async def goes_on() -> bool:
            return self._is_running(task) and wanted()

        async def answer(received: Message) -> Reply:
            return self._containers.answer(received, received.host.removesuffix(":80") == TASK_ADDRESS)

        services = [Service(TASK_ADDRESS, partial(_serving, answer=answer))]
        if task.host is not None and task.network_mode in HOPS:
            services.append(self.metadata_service(task.host, HOPS[task.network_mode]))
        async with self._network.place(*services) as place:
            form: Form = "relative" if place.isolated else "full"
            own = self._workloads.environment(task.id, f"http://{place.address}", form)
            host = _endpoint(place) if len(services) > 1 else {}
            return await _finished(place, command, {**host, **variables, **own}, goes_on, write)

    async def run_as_instance(self, name: str, command: Sequence[str], wanted: Wanted = _always) -> Finished:
        """Run a program on an EC2 instance, given by its id, while the instance runs and the program is `wanted`.

        Raises KeyError for an instance that is not known, NotRunningError for one that does not run.
        """

        async def is_running() -> bool:
            return await asyncio.wrap_future(self._backend.submit(lambda: self._instances.is_running(name)))

        if not await is_running():
            raise NotRunningError(f"Instance {name} is not running.")

        async def goes_on() -> bool:
            return wanted() and await is_running()

        async with self._network.place(self.metadata_service(name, 0)) as place:
            output = bytearray()
            code = await _finished(place, command, _endpoint(place), goes_on, output.extend)
            return Finished(code, output.decode(errors="replace"))

    def metadata_service(self, instance: str, hops: int) -> Service:
        """The metadata service of an instance, for clients that are so many hops away from it."""

        async def answer(received: Message) -> Reply | None:
            ask = partial(self._instances.answer, received.method, received.path, received.headers, instance, hops)
            return await asyncio.wrap_future(self._backend.submit(ask))

        return Service(INSTANCE_ADDRESS, partial(_serving, answer=answer))

    def _is_running(self, task: Task) -> bool:
        known = self._workloads.find(task.id)  # which ends it when it is time
        return known is not None and known.running and self._workloads.progress(known) >= 1


def _endpoint(place: Place) -> dict[str, str]:
    """The variable for the metadata service, the last service of the place; none where it has its own address."""
    return {} if place.isolated else {ENDPOINT: f"http://{place.addresses[-1]}"}


async def _finished(
    place: Place,
    command: Sequence[str],
    own: Mapping[str, str],
    goes_on: Callable[[], Awaitable[bool]],
    write: Callable[[bytes], None],
) -> int:
    """Run a program with variables of its own, and kill it when its workload does not go on; returns the exit code."""
    running = asyncio.ensure_future(place.run(command, {**place.variables, **own}, write))
    try:
        while not running.done() and await goes_on():
            await asyncio.wait({running}, timeout=PAUSE)
        code = running.result() if running.done() else KILLED
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return 128 - code if code < 0 else code


async def _silence(request: web.Request) -> web.Response:
    """Give no answer, and close the connection after a while."""
    await asyncio.sleep(SILENCE)
    if request.transport is not None:
        request.transport.close()
    return web.Response()  # which nobody reads


@asynccontextmanager
async def _serving(site: Site, answer: Answer) -> AsyncIterator[None]:
    """Answer the requests at a site."""

    async def respond(request: web.Request) -> web.Response:
        url = f"http://{request.host}{request.raw_path}"
        reply = await answer(message(request.method, url, request.headers, await request.read()))
        if reply is None:
            return await _silence(request)
        return web.Response(status=reply.status, body=reply.body, headers=dict(reply.headers))

    app = web.Application(middlewares=[only_this_server(lambda host: host.removesuffix(":80") == site.address)])
    app.router.add_route("*", "/{path:.*}", respond)
    runner = Runner(app, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.SockSite(runner, site.listener).start()
        yield
    finally:
        await runner.cleanup()
