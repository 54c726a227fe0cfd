"""What every session of boto3 would read or compute anew, done once: hundreds of sessions are made in these tests."""

from collections.abc import Callable
from functools import cache
from typing import Any

import botocore.hooks
import botocore.session
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.loaders import JSONFileLoader, Loader

_accepts_kwargs = botocore.hooks.accepts_kwargs
_load_file = JSONFileLoader.load_file
_create_loader = botocore.session.create_loader


class _Paths(list[str]):
    """Folders of models. Every session appends boto3's own."""

    def append(self, path: str) -> None:
        """Append a folder that is not there yet."""
        if path not in self:
            super().append(path)


def share_between_sessions() -> None:
    """Let all sessions of this process share the models, the lists of services, and the names of events."""
    JSONFileLoader.load_file = lambda _, path: _model(path)
    botocore.session.create_loader = _loader
    botocore.hooks.accepts_kwargs = lambda handler: _accepts(getattr(handler, "__func__", handler))
    name_of = EventAliaser(HierarchicalEmitter())._alias_event_name
    EventAliaser._alias_event_name = lambda _, name: name_of(name)


@cache
def _accepts(handler: Callable[..., Any]) -> bool:
    return bool(_accepts_kwargs(handler))


@cache
def _model(path: str) -> Any:
    return _load_file(JSONFileLoader(), path)


@cache
def _loader(folders: str | None = None) -> Loader:
    loader = _create_loader(folders)
    loader._search_paths = _Paths(loader._search_paths)
    return loader
