"""The filters and queries of Resource Manager's lists, such as `parent.id:123 labels.team=data` or `id:acme-*`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from wizard.sandbox.json_value import JSON

_TERM = re.compile(r"(?P<key>[\w.-]+)\s*[:=]\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s()]+)")
_KEYS = {"id": "projectId", "displayname": "displayName", "lifecyclestate": "lifecycleState"}
_OR = re.compile(r"\s+OR\s+")


def matching(documents: Sequence[JSON], terms: str) -> list[JSON]:
    """The documents that have all the terms, or all those on one side of an OR; `*` stands for any text.

    Upper and lower case are the same. A document whose field is an object has a term if it has the field.
    """
    alternatives = [
        [(term["key"], term["value"].strip("\"'")) for term in _TERM.finditer(part)] for part in _OR.split(terms)
    ]
    return [each for each in documents if any(all(_has(each, *term) for term in wanted) for wanted in alternatives)]


def _has(document: JSON, key: str, value: str) -> bool:
    found: JSON = document
    for part in _KEYS.get(key.lower(), key).split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    if found is None:
        return False
    return value == "*" or fnmatchcase(str(found).lower(), value.lower())
