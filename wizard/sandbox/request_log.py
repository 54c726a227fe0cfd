"""The request log: one JSON line for each call, which tells reads from writes. It never contains a token."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal, TextIO

from . import faults

CallKind = Literal["read", "write"]
"""Whether a call changes something."""


class RequestLog:
    """Writes JSON lines (time, caller, service, method, path, status, kind) to a file, or nowhere.

    The line of a call that a fault strikes also has "fault".
    """

    def __init__(self, path: Path | None, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._file: TextIO | None = path.open("a", encoding="utf-8") if path is not None else None

    def write(self, *, caller: str, service: str, method: str, path: str, status: int, kind: CallKind) -> None:
        """Add one call; `path` is the URL's path or the AWS action, `caller` the policy member or ARN."""
        if self._file is None:
            return
        line = {
            "time": self._clock().isoformat(),
            "caller": caller,
            "service": service,
            "method": method,
            "path": path,
            "status": status,
            "kind": kind,
        }
        if faults.current.get() is not None:
            line["fault"] = "struck"
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def note(self, service: str, call: str, what: str) -> None:
        """Add a line about a call that a fault holds; it has no status yet."""
        if self._file is None:
            return
        self._file.write(json.dumps({"service": service, "call": call, "fault": what}) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
