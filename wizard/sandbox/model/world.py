"""The world of one sandbox: its settings, its clock, and the state of Google Cloud."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from wizard.sandbox.faults import Faults
from wizard.sandbox.network import Network, Service
from wizard.sandbox.request_log import RequestLog

from .callers import Tokens
from .clusters import Cluster, Clusters
from .operations import Operations
from .policy_changes import PolicyChange
from .projects import Projects


@dataclass
class Settings:
    """How time behaves in the sandbox, in seconds.

    `latency` is added to every call, `propagation` passes until a policy change is enforced, `operation` is how long
    an operation takes, the credentials of an ECS task are good for `task_session`. If `steady`, new service accounts
    do not come and go. With `isolate`, workloads run in networks of their own, where this machine allows it.
    """

    latency: float = 0.0
    propagation: float = 0.0
    operation: float = 0.0
    steady: bool = False
    isolate: bool = True
    task_session: float = 21_600.0


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


class AwsSigner(Protocol):
    """Who signed a request, as AWS STS identifies them."""

    @property
    def account(self) -> str: ...

    @property
    def arn(self) -> str: ...

    @property
    def userid(self) -> str: ...


class AwsSigners(Protocol):
    """What Google's token service asks of AWS STS."""

    def identify(self, method: str, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> AwsSigner:
        """Who signed a GetCallerIdentity request. Raises AwsRefusal in the words of AWS STS."""
        ...


class World:
    """Everything that the services of one sandbox share."""

    aws: AwsSigners | None = None

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = utc_now,
        faults: Faults | None = None,
        log: RequestLog | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.faults = faults or Faults()
        self.log = log or RequestLog(None, clock)
        self.tokens = Tokens(clock)
        self.operations = Operations(lambda: settings.operation)
        self.projects = Projects()
        self.things = self.projects.things
        self.policy_changes: list[PolicyChange] = []
        """What was written to the policies of projects and service accounts while the sandbox runs, oldest first."""
        self.clusters = Clusters()
        self.eks: list[Cluster] = []
        """The clusters of the AWS account. Each has a project of its own, which no API of Google knows."""
        self.new_accounts = 0
        """How many service accounts were created that come and go at first."""
        self.serve_cluster: Callable[[Cluster], Awaitable[None]] | None = None
        """Serves the Kubernetes API of a cluster that is created while the sandbox runs."""
        self.end_cluster: Callable[[Cluster], None] | None = None
        """Stops the Kubernetes API of a cluster that is deleted."""
        self.network = Network(settings.isolate)
        """Where the programs of workloads run."""
        self.instance_metadata: Callable[[str, int], Service] | None = None
        """The metadata service of an EC2 instance, by its ID, for programs so many hops away from it."""
        self.command: Sequence[str] = ()
        """What workloads run instead of the programs in their images."""
