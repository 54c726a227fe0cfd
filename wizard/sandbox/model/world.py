"""The world that a sandbox holds: its settings, its clock, and the state of both clouds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wizard.sandbox.faults import Faults
from wizard.sandbox.request_log import RequestLog

from .callers import Tokens
from .clusters import Clusters
from .operations import Operations
from .projects import Google

if TYPE_CHECKING:
    from wizard.sandbox.aws import AwsCloud


@dataclass
class Settings:
    """How time behaves here; all in seconds, and zero unless said otherwise.

    `latency` is added to every call, `propagation` passes until a policy change is enforced, `operation` is how long
    an operation takes. `steady` turns off the flapping of new service accounts.
    """

    latency: float = 0.0
    propagation: float = 0.0
    operation: float = 0.0
    steady: bool = False


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


class World:
    """Everything that the services of one sandbox share."""

    aws: AwsCloud | None = None

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
        self.google = Google()
        self.clusters = Clusters()
