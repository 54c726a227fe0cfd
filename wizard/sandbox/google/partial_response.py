"""Partial responses: what remains of an answer when the client names the fields that it wants.

Source: "Partial response" of Google's APIs, and recorded requests such as `fields=services/name,nextPageToken`.
"""

from __future__ import annotations

import re

from wizard.sandbox.json_value import JSON

from .camel_case import camel_case
from .errors import invalid

Tree = dict[str, "Tree"]
"""Field to what is wanted below it; an empty tree stands for all of it."""

_TOKEN = re.compile(r"[A-Za-z0-9_@*-]+|[(),./]")


def selected(answer: JSON, fields: str) -> JSON:
    """The answer with the named fields only: `a,b/c` and `a(b,c)` are taken, `.` is a slash, `*` any field.

    A list is the list of what remains of its elements. GoogleError 400 for a selection that cannot be read.
    """
    return _kept(answer, _Selection(fields).read())


class _Selection:
    """Reads one selection, token after token."""

    def __init__(self, text: str) -> None:
        self._text = text
        plain = re.sub(r"\s", "", text)
        self._tokens = _TOKEN.findall(plain)
        if "".join(self._tokens) != plain:
            raise self._refusal()

    def read(self) -> Tree:
        tree = self._fields()
        if self._tokens:
            raise self._refusal()
        return tree

    def _fields(self) -> Tree:
        tree: Tree = {}
        self._field(tree)
        while self._next(","):
            self._field(tree)
        return tree

    def _field(self, tree: Tree) -> None:
        if not self._tokens or not re.match(r"[\w@*-]", self._tokens[0]):
            raise self._refusal()
        name = camel_case(self._tokens.pop(0))
        whole = tree.get(name) == {}
        below = tree.setdefault(name, {})
        if self._next("/") or self._next("."):
            self._field(below)
        elif self._next("("):
            below.update(self._fields())
            if not self._next(")"):
                raise self._refusal()
        else:
            whole = True
        if whole:
            tree[name] = {}

    def _next(self, token: str) -> bool:
        found = bool(self._tokens) and self._tokens[0] == token
        if found:
            self._tokens.pop(0)
        return found

    def _refusal(self) -> Exception:
        return invalid(f"Invalid field selection {self._text}")


def _kept(value: JSON, tree: Tree) -> JSON:
    if not tree:
        return value
    if isinstance(value, list):
        return [_kept(each, tree) for each in value]
    if not isinstance(value, dict):
        return value
    chosen = {key: tree.get(key, tree.get("*")) for key in value}
    return {key: _kept(value[key], below) for key, below in chosen.items() if below is not None}
