"""What a one-off workload is made of, and what is seen of it while it runs."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from wizard.chain.hop import Refusal

IMAGE = "public.ecr.aws/docker/library/python:3-slim"
"""The image of a one-off task, unless the setup names another one. It is public, and has no limit on pulls."""

PREFIX = "wif-wizard-probe-"
"""The start of the name of everything that a test in a task creates."""

_NAME = re.compile(rf"{PREFIX}(?P<time>\d{{10}})-[0-9a-f]{{6}}", re.ASCII)

CONTAINER = "probe"
"""The name of the container in a task definition."""

STREAM = "wif-wizard"
"""The prefix of the log streams of one-off tasks."""


def new_name(now: datetime | None = None) -> str:
    """Return a unique name with the time in UTC. It has at most 36 characters, as `startedBy` of a task.

    It is chosen here, so that what has it is found even if AWS's answer is lost, and also from another machine.
    """
    return f"{PREFIX}{now or datetime.now(UTC):%y%m%d%H%M}-{secrets.token_hex(3)}"


def started(name: str) -> datetime | None:
    """Return when a test created what has this name; None for other names."""
    matched = _NAME.fullmatch(name)
    if matched is None:
        return None
    try:
        return datetime.strptime(matched["time"], "%y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def own_group(name: str) -> str:
    """Return the log group that a test creates for a task of this name."""
    return f"/wif-wizard/{name}"


@dataclass(frozen=True)
class Logs:
    """Where a container writes its output: a log group, and whether the test creates it for itself."""

    group: str
    own: bool = False


@dataclass(frozen=True)
class Wanted:
    """A one-off workload. `seconds`: after how many seconds its program ends, even if the wizard is killed.

    `role` is the ARN of the workload's role, `execution_role` that of the role with which AWS pulls the image and
    writes the logs; None if the definition has none.
    """

    name: str
    account: str
    region: str
    image: str
    command: Sequence[str]
    seconds: int
    role: str
    execution_role: str | None = None
    on_fargate: bool = True
    logs: Logs | None = None
    platform: Mapping[str, Any] = field(default_factory=dict)
    """`runtimePlatform` of the workload's own definition, if it has one: the processor that its image is for."""

    def with_logs(self, logs: Logs) -> Wanted:
        """Return the same with a place for its output."""
        return replace(self, logs=logs)


@dataclass(frozen=True)
class Seen:
    """A one-off workload as AWS describes it. `stream`: the log group and the log stream of its container, once known.

    `words` is its state as a text for the user. `refusal` says why it never ran, or why AWS ended it.
    """

    words: str
    ended: bool = False
    refusal: Refusal | None = None
    stream: tuple[str, str] | None = None
    exit_code: int | None = None


class OneOff(Protocol):
    """A one-off workload of some runtime. All methods raise CloudError."""

    kind: str
    """What it is, for the journal: "one-off task" or "one-off job"."""

    @property
    def name(self) -> str:
        """The name of everything that belongs to it."""

    def place(self) -> dict[str, Any]:
        """Return what `remove` needs to find it again, as JSON."""

    def start(self) -> None:
        """Create it, and start it."""

    def look(self) -> Seen:
        """Return it as it is now."""

    def remove(self) -> None:
        """Stop it, and remove everything of it. What does not exist is no error."""

    def evidence(self) -> list[str]:
        """Return what runs where, one sentence each."""
