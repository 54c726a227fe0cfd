"""Long-running operations: they have a name at once, and their effect later."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from wizard.sandbox.json_value import JSON


@dataclass
class Operation:
    """One operation; `response` is the response of one that is done, if its API has one.

    `error` is the google.rpc.Status of one that failed.
    """

    name: str
    done: bool = False
    response: JSON = None
    error: JSON = None


class Operations:
    """The operations of this world, by name; each takes `seconds()` seconds."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._known: dict[str, Operation] = {}

    def start(
        self,
        name: str,
        on_done: Callable[[], JSON] | None = None,
        longer: float = 0.0,
        error: JSON = None,
        undo: Callable[[], object] = lambda: None,
    ) -> Operation:
        """Start an operation; `on_done` has the effect and returns the response, at once when operations take no time.

        `longer` is in seconds, added to the time that operations take. With an `error`, the operation ends in it, and
        `undo` takes back what was there since its start.
        """
        operation = self._known[name] = Operation(name)
        seconds = self._seconds() + longer
        if seconds <= 0:
            self._finish(operation, on_done, error, undo)
        else:
            asyncio.get_running_loop().call_later(seconds, self._finish, operation, on_done, error, undo)
        return operation

    def find(self, name: str) -> Operation | None:
        """The operation of that name, if there is one."""
        return self._known.get(name)

    @staticmethod
    def _finish(
        operation: Operation, on_done: Callable[[], JSON] | None, error: JSON, undo: Callable[[], object]
    ) -> None:
        if error is not None:
            undo()
        elif on_done is not None:
            operation.response = on_done()
        operation.error = error
        operation.done = True
