"""Random values and documents, from a generator with a fixed seed."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from random import Random
from typing import Any

DEPTHS = (200, 950, 5_000)
"""Levels of nesting: what Python's parser takes and nothing after it does, what is near its limit, and far beyond."""

WRONG: tuple[Any, ...] = (
    *(None, True, False, 0, 7, -1, 2**70, 1e308, -1.5),
    *("", "x", "é" * 300, "\x00", "\ud800", "{}", "..", "a/b:c", "true", "12"),
    *([], [None], [[1]], ["x"], [{}], {}, {"x": 1}, {"": None}),
)
"""What stands where something else should."""


def nested(depth: int, kind: str) -> bytes:
    """JSON that is so deep: `objects`, `arrays`, both (`mixed`), or one that never ends (`open`)."""
    begin, end = {"objects": ('{"a":', "}"), "mixed": ('[{"a":', "}]")}.get(kind, ("[", "]"))
    return (begin * depth + ("" if kind == "open" else "1" + end * depth)).encode()


KINDS = ("objects", "arrays", "mixed", "open")


def nested_inside(document: Mapping[str, Any], key: str, depth: int, kind: str) -> bytes:
    """A JSON object whose value of that key is so deep."""
    marked = json.dumps({**document, key: "@DEEP@"})
    return marked.replace('"@DEEP@"', nested(depth, kind).decode()).encode()


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values in a document, its own first."""
    found = [path]
    if isinstance(document, dict):
        keys: Sequence[Any] = list(document)
    else:
        keys = range(len(document)) if isinstance(document, list) else ()
    for key in keys:
        found += places(document[key], (*path, key))
    return found


def mutated(random: Random, document: Any) -> Any:
    """The document with one to three of its values replaced by wrong ones, removed or doubled."""
    changed = deepcopy(document)
    for _ in range(random.randint(1, 3)):
        path = random.choice(places(changed))
        if not path:
            if random.random() < 0.2:
                return random.choice(WRONG)
            continue
        parent = changed
        for key in path[:-1]:
            parent = parent[key]
        match random.randrange(5):
            case 0:
                del parent[path[-1]]
            case 1:
                parent[path[-1]] = [parent[path[-1]]]
            case 2:
                parent[path[-1]] = {"value": parent[path[-1]]}
            case _:
                parent[path[-1]] = deepcopy(random.choice(WRONG))
    return changed


def mutated_bytes(random: Random, data: bytes) -> bytes:
    """The bytes cut, changed at some places, or with more between them."""
    match random.randrange(4):
        case 0:
            return data[: random.randrange(len(data) + 1)]
        case 1:
            at = random.randrange(len(data) + 1)
            return data[:at] + random.randbytes(random.randint(1, 40)) + data[at:]
        case _:
            changed = bytearray(data)
            for _ in range(random.randint(1, 6)):
                if changed:
                    changed[random.randrange(len(changed))] = random.randrange(256)
            return bytes(changed)
