"""What a one-off workload is made of, and what is seen of it while it runs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from wizard.chain.hop import Refusal

IMAGE = "public.ecr.aws/docker/library/python:3-slim"
"""The image of a one-off task, unless the setup names another one. It is public, and has no limit on pulls."""

PREFIX = "wif-wizard-probe-"
"""The start of the name of everything that a test in a task creates."""

CONTAINER = "probe"
"""The name of the container in a task definition."""


def new_name() -> str:
    """Return a unique name. It is chosen here, so that what has it is found even if AWS's answer is lost."""
    return PREFIX + secrets.token_hex(4)


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
