"""lightkube's models, each made ready by one thread before any other uses it.

msgspec learns the types of a model when it first decodes one, and shows other threads what is not finished: two first
decodings of models that share parts, as all do, end the process with a segmentation fault (seen with msgspec 0.22.0).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_lock = threading.Lock()
_ready: set[type[Any]] = set()


def prepare(kind: type[Any]) -> None:
    """Learn the types of a kind, of its lists, and of the refusals that may come in their place."""
    if kind in _ready:
        return
    with _lock:
        import msgspec
        from lightkube.core import decoders

        decoders.decode_status(b"{}")
        if issubclass(kind, msgspec.Struct):
            decoders.decode_list(b'{"items": []}', kind)
        _ready.add(kind)


def kubeconfig(content: Mapping[str, Any], file: Path) -> Any:
    """A kubeconfig's content as lightkube's model of it. Raises what msgspec and lightkube raise."""
    with _lock:
        from lightkube.config.kubeconfig import KubeConfig

        return KubeConfig.from_dict({"clusters": [], "contexts": [], **content}, fname=file)
