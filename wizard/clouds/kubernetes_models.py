"""Prepares lightkube's models in one thread before other threads use them.

msgspec compiles the types of a model when it first decodes one, and other threads see the unfinished result. Two first
decodings of models that share types, as all do, crash with a segmentation fault (seen with msgspec 0.22.0).
"""

from __future__ import annotations

import threading
from typing import Any

_lock = threading.Lock()
_ready: set[type[Any]] = set()


def prepare(kind: type[Any]) -> None:
    """Compile the types of a kind, of its lists, and of error answers."""
    if kind in _ready:
        return
    with _lock:
        import msgspec
        from lightkube.core import decoders

        decoders.decode_status(b"{}")
        if issubclass(kind, msgspec.Struct):
            decoders.decode_list(b'{"items": []}', kind)
        _ready.add(kind)
