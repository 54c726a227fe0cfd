"""One AWS account on loopback, as one object."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from aiohttp import web

from wizard.sandbox.breaking import breaking
from wizard.sandbox.network import Network

from .admin import ADMIN, Admin
from .backend import Backend
from .batch import Batch
from .batch_capacity import BatchCapacity
from .container_logs import ContainerLogs
from .container_metadata import CREDENTIALS, METADATA, ContainerMetadata
from .definitions import Definitions
from .directory import Directory
from .ec2_instances import Ec2Instances
from .ecs import Ecs
from .ecs_services import EcsServices
from .eks import Eks
from .entity_ids import EntityIds
from .errors import unknown_action
from .function_runs import FunctionRuns
from .functions import Functions
from .gate import Gate
from .iam import Iam
from .identity import AccessKey, CallerIdentity, Sessions
from .instance_metadata import PREFIX, InstanceMetadata
from .keyring import Keyring
from .managed_policies import ManagedPolicies
from .messages import Message, Reply, message
from .outbound_federation import HANDLERS as OUTBOUND_FEDERATION
from .policies.permissions import Permissions
from .policies.simulation import Simulation
from .programs import Programs
from .protocols import SERVICES
from .runs import Runs
from .seed import fill, fill_operator
from .signature import verify
from .sts import Sts
from .systems_manager import SystemsManager
from .trust import Timing, Trust
from .workloads import Workloads

if TYPE_CHECKING:
    from wizard.sandbox.faults import Faults
    from wizard.sandbox.request_log import RequestLog

_LARGEST_BODY = 8 * 2**20
_HEAVY = (("ecs", "ListClusters", "/"), ("ec2", "DescribeVpcs", "/"), ("batch", "", "/v1/describejobqueues"))


class AwsCloud:
    """An AWS account: IAM, STS, ECS, Batch, EC2, EKS, Lambda, CloudWatch Logs and more, which refuse as AWS does.

    `operator` is the access key of its IAM user, `root` that of its root user. `endpoint` is the address it is served
    at (http://HOST:PORT); the server sets it, or the first request does. `admin_token` opens the sandbox's own calls,
    /_sandbox/, when sent as the header x-sandbox-token. `directory` is what its IAM has, `trust` decides who can assume
    a role, and `runs` runs programs as workloads.
    """

    def __init__(
        self,
        settings: Timing,
        clock: Callable[[], datetime],
        faults: Faults,
        log: RequestLog,
        seed: Mapping[str, Any],
        network: Network | None = None,
        command: Sequence[str] = (),
    ) -> None:
        """`seed` is the `aws` part of a scenario: account, region, operator (an IAM user), and what `seed` lists.

        `deny` in it names actions that the operator's policies do not allow, such as iam:ListRoles. `network` is where
        programs run as workloads. `command` runs in place of those of images.
        """
        self.account = str(seed["account"])
        self.region = str(seed["region"])
        self.endpoint = ""
        self.admin_token = secrets.token_urlsafe(24)
        self.eks = Eks(self.account)
        self._seed = seed
        self._clock = clock
        self.directory = directory = Directory()
        self.trust = trust = Trust(settings, clock)
        sessions = Sessions()
        self._keyring = Keyring(self.account, self.region, seed["operator"], sessions, directory)
        self._backend = Backend(self.account, self.region, self._fill)
        permissions = Permissions(self.account, directory, clock)
        sts = Sts(directory, sessions, trust, permissions, clock)
        workloads = Workloads(directory, trust, sts, settings, clock)
        managed = ManagedPolicies(self._backend, directory)
        self._containers = ContainerMetadata(workloads)
        self._instances = InstanceMetadata(self.account, directory, trust, sts, clock)
        network = network or Network()
        self.runs = Runs(workloads, self._containers, self._instances, self._backend, network)
        logs = ContainerLogs(self._backend, clock)
        self._systems_manager = SystemsManager(self._backend, directory, self.runs, clock)
        functions = FunctionRuns(sts, self._backend, network, logs, clock, command)
        self._programs = Programs(self.runs, workloads, self._backend, logs, command)
        handlers = {
            **sts.handlers,
            **OUTBOUND_FEDERATION,
            **managed.handlers,
            **EntityIds(self._backend, directory).handlers,
            **Simulation(directory, permissions.is_denied, clock).handlers,
            **Iam(self._backend, directory, trust, managed).handlers,
            **Ecs(self._backend, workloads, self._programs, logs).handlers,
            **Batch(self._backend, workloads, self._programs, logs).handlers,
            **BatchCapacity(self._backend, directory).handlers,
            **self._systems_manager.handlers,
            **Functions(self._backend, directory, trust, functions).handlers,
            **Ec2Instances(self._backend).handlers,
            **EcsServices(self._backend, directory, trust, settings, clock).handlers,
            **self.eks.handlers,
        }
        handlers |= Definitions(self._backend, dict(handlers)).handlers
        self._gate = Gate(self._backend, self._keyring, permissions, handlers, settings, clock, faults, log)
        permissions.denied[self._keyring.operator_identity.arn] = list(seed.get("deny", []))
        self._admin = Admin(workloads, self.runs, self.admin_token)

    @property
    def operator(self) -> AccessKey:
        """The access key of the operator's IAM user."""
        return self._keyring.operator

    @property
    def root(self) -> AccessKey:
        """The access key of the account's root user."""
        return self._keyring.root

    def app(self) -> web.Application:
        """The whole side as an application, for its own port on 127.0.0.1."""
        application = web.Application(middlewares=[breaking], client_max_size=_LARGEST_BODY)
        application.router.add_route("*", "/{path:.*}", self.respond)
        return application

    def warm(self) -> None:
        """Load moto and fill the account, then load the heavy services; takes seconds, so call it in a thread."""
        self._backend.submit(lambda: None).result()
        for service, action, path in _HEAVY:
            self._backend.submit(partial(self._backend.api, service, action, {}, path)).result()

    def identify(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"", now: datetime | None = None
    ) -> CallerIdentity:
        """Who signed a GetCallerIdentity request that was made for an AWS STS endpoint, as AWS STS would answer.

        Headers that are not among the signed ones do not matter. Raises AwsRefusal in the words of AWS STS.
        """
        request = message(method, url, headers, body)
        action = request.form.get("Action", "")
        if action != "GetCallerIdentity":
            raise unknown_action(action, SERVICES["sts"].version)
        _, key = verify(request, self._keyring.find, now or self._clock())
        return key.identity

    def _fill(self) -> None:
        self._keyring.fill()
        fill(self._backend, self._seed)
        fill_operator(self._backend, self._seed["operator"])

    async def respond(self, request: web.Request) -> web.Response:
        """The reply to one HTTP request: an API call, or one to a metadata service."""
        # A client that sends plain HTTP through a proxy names the host in the path.
        url = request.raw_path if request.raw_path.startswith("http") else f"http://{request.host}{request.raw_path}"
        received = message(request.method, url, request.headers, await request.read())
        self.endpoint = self.endpoint or _address(request)
        if received.path.startswith(ADMIN):
            reply = await self._admin.answer(received, self.endpoint, lambda: request.transport is not None)
        else:
            reply = await self._reply(received)
        return web.Response(status=reply.status, body=reply.body, headers=dict(reply.headers))

    async def _reply(self, received: Message) -> Reply:
        if received.path.startswith(PREFIX):
            answer = self._instances.answer
            work = self._backend.submit(lambda: answer(received.method, received.path, received.headers))
            reply = await asyncio.wrap_future(work)
            assert reply is not None  # without hops every reply arrives
            return reply
        if received.path.startswith((CREDENTIALS, METADATA)):
            return self._containers.answer(received)
        reply = await self._gate.answer(received)
        self._programs.start_waiting()
        self._systems_manager.start_waiting()
        return reply

    async def close(self) -> None:
        """Kill the programs of all workloads."""
        await self._programs.close()
        await self._systems_manager.close()


def _address(request: web.Request) -> str:
    """The address that a request came in at."""
    host, port = request.transport.get_extra_info("sockname")[:2] if request.transport else ("127.0.0.1", 0)
    return f"http://{host}:{port}"
