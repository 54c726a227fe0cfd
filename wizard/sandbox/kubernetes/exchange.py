"""One request to a cluster's Kubernetes API, and the answer to it, without their transport."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .bodies import JSON_TYPE
from .kinds import Object
from .status import bad_request

TEXT = "text/plain"


@dataclass(frozen=True)
class Asked:
    """One request; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def manager(self) -> str:
        """The manager of the fields that this request changes: the one that it names, or else the program's name."""
        return self.query.get("fieldManager") or self.headers.get("user-agent", "").partition("/")[0] or "unknown"

    @property
    def dry_run(self) -> bool:
        """Whether nothing is to be stored."""
        return self.query.get("dryRun") == "All"

    @property
    def media(self) -> str:
        """The media type of the body."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass
class Reply:
    """Status and JSON body, or a stream of bytes in its place."""

    status: int
    body: Object | None = None
    stream: AsyncIterator[bytes] | None = None
    media: str = JSON_TYPE
    warnings: list[str] = field(default_factory=list)


def text(data: bytes) -> Reply:
    """A reply of plain text."""

    async def once() -> AsyncIterator[bytes]:
        yield data

    return Reply(200, stream=once(), media=TEXT)


def number(text: str | None, name: str) -> int | None:
    """A number in a query, if it is there. Raises ApiError 400."""
    if not text:
        return None
    if not text.isdecimal():
        raise bad_request(f"{name}: Invalid value: {text}")
    return int(text)
