"""A call that the gate has admitted, and the handlers that answer it in place of moto."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .backend import Backend
from .identity import Key
from .messages import Message, Reply
from .protocols import Service


@dataclass(frozen=True)
class Call:
    """One admitted call: who makes it, to which service and region, and what it asks for."""

    service: Service
    action: str
    region: str
    key: Key
    message: Message

    def sent_to(self, backend: Backend, message: Message | None = None) -> Reply:
        """moto's answer, to this request or to a changed one."""
        return backend.forward(self.service, self.region, message or self.message, self.key.access_key_id)


@dataclass(frozen=True)
class Later:
    """A reply that takes a while: `answer` makes it in the event loop, so that the worker thread is free meanwhile."""

    answer: Callable[[], Awaitable[Reply]]


Handler = Callable[[Call], Reply | Later]
"""Answers a call in the place of moto, or around it; runs in the worker thread. May raise AwsRefusal."""

Handlers = dict[tuple[str, str], Handler]
"""(service, action) -> handler."""
