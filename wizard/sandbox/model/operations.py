"""Long-running operations: a name now, the effect a moment later."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from wizard.sandbox.google.errors import JSON


@dataclass
class Operation:
    """One operation; `response` is what a done operation answers with, where its API has one."""

    name: str
    done: bool = False
    response: JSON = None


class Operations:
    """The operations of this world, by name; each takes `seconds()` seconds."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._known: dict[str, Operation] = {}

    def start(self, name: str, on_done: Callable[[], JSON] | None = None, longer: float = 0.0) -> Operation:
        """Begin; `on_done` makes the effect and gives the response, at once when operations take no time.

        `longer` is in seconds, on top of what operations take here.
        """
        operation = self._known[name] = Operation(name)
        seconds = self._seconds() + longer
        if seconds <= 0:
            self._finish(operation, on_done)
        else:
            asyncio.get_running_loop().call_later(seconds, self._finish, operation, on_done)
        return operation

    def find(self, name: str) -> Operation | None:
        """The operation of that name, if there is one."""
        return self._known.get(name)

    @staticmethod
    def _finish(operation: Operation, on_done: Callable[[], JSON] | None) -> None:
        operation.response = on_done() if on_done is not None else None
        operation.done = True
