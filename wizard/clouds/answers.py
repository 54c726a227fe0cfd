"""Answers of clouds, read at one border: what cannot be read is one error, which never quotes the answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from wizard.clouds.errors import unreadable
from wizard.language import _


@dataclass(frozen=True)
class Source:
    """Where an answer came from: the API, the call, the host that answered, and the HTTP status.

    `lost`: the call was a write, which may have taken effect even if its answer cannot be read.
    """

    service: str
    operation: str
    host: str
    status: int | None = None
    lost: bool = False

    def refuse(self, what: str) -> NoReturn:
        """Raise Unreadable. `what` says what is wrong, and quotes nothing of the answer."""
        raise unreadable(self.service, self.operation, self.host, self.status, what, self.lost) from None


class Answer(dict[str, Any]):
    """A JSON object in an answer. To read a value that is missing, or of another type than expected, is an error."""

    def __init__(self, items: Mapping[str, Any] | Iterable[tuple[str, Any]] = (), source: Source | None = None) -> None:
        super().__init__(items)
        self.source = source or Source("cloud", "call", "the cloud")

    def __missing__(self, key: str) -> NoReturn:
        self.source.refuse(_('the key "{key}" is missing').format(key=key))

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value, or the default if it is absent or null. Raises Unreadable if their types differ."""
        value = super().get(key)
        if value is None:
            return default
        expected, name = _expected(default)
        if not isinstance(value, expected) or not _is_even(value):
            self.source.refuse(_('the value of "{key}" is not {name}').format(key=key, name=name))
        return value


def decode(content: bytes | str, source: Source) -> Answer:
    """Return the JSON object in the body of an answer. Raises Unreadable if it is not one."""
    try:
        value = json.loads(content, object_hook=lambda items: Answer(items, source))
    except (ValueError, RecursionError):
        source.refuse(_("the response body is not JSON, or is incomplete"))
    if not isinstance(value, Answer):
        source.refuse(_("the response body is not a JSON object"))
    return value


def wrapped(value: Any, source: Source) -> Any:
    """Return a decoded value in which each dict is an Answer; documents, which have forms of their own, stay as is."""
    if isinstance(value, dict):
        items = {key: item if key.endswith("Document") else wrapped(item, source) for key, item in value.items()}
        return Answer(items, source)
    return [wrapped(item, source) for item in value] if isinstance(value, list) else value


def _expected(default: Any) -> tuple[type, str]:
    """Return the type that a value must have in place of this default, and its name."""
    if isinstance(default, dict):
        return dict, _("an object")
    if isinstance(default, (list, tuple)):
        return list, _("a list")
    if isinstance(default, str):
        return str, _("a string")
    return object, _("a value")


def _is_even(values: Any) -> bool:
    """Return whether all values of a list are objects, or all are texts: clouds answer no other lists."""
    if not isinstance(values, list):
        return True
    return all(isinstance(value, dict) for value in values) or all(isinstance(value, str) for value in values)
