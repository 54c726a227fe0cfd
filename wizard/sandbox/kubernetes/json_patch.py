"""JSON Patch (RFC 6902) and JSON Merge Patch (RFC 7396)."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from .status import ApiError, bad_request


def merge(target: Any, patch: Any) -> Any:
    """The target with a merge patch applied: null removes, objects merge, all else replaces."""
    if not isinstance(patch, dict):
        return deepcopy(patch)
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def apply(target: Any, operations: Any) -> Any:
    """The target after the operations of a JSON Patch. Raises ApiError 400 or 422."""
    if not isinstance(operations, list) or not all(isinstance(each, dict) for each in operations):
        raise bad_request("A JSON Patch must be a list of operations.")
    document = deepcopy(target)
    for operation in operations:
        document = _step(document, operation)
    return document


def _step(document: Any, operation: dict[str, Any]) -> Any:
    path = _pointer(operation.get("path"))
    match operation.get("op"):
        case "add":
            return _add(document, path, deepcopy(operation.get("value")))
        case "remove":
            return _remove(document, path)[0]
        case "replace":
            return _add(_remove(document, path)[0], path, deepcopy(operation.get("value")))
        case "test":
            if _get(document, path) != operation.get("value"):
                raise _failed(f"testing path {operation['path']} failed")
            return document
        case "copy":
            return _add(document, path, deepcopy(_get(document, _pointer(operation.get("from")))))
        case "move":
            document, value = _remove(document, _pointer(operation.get("from")))
            return _add(document, path, value)
    raise bad_request(f"Unexpected kind: {operation.get('op')}")


def _pointer(text: Any) -> list[str]:
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise bad_request("A JSON Pointer must begin with a slash.")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _get(document: Any, path: list[str]) -> Any:
    for part in path:
        if isinstance(document, list):
            document = document[_index(document, part)]
        elif isinstance(document, dict) and part in document:
            document = document[part]
        else:
            raise _missing(path)
    return document


def _add(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    parent, last = _get(document, path[:-1]), path[-1]
    if isinstance(parent, list):
        parent.insert(len(parent) if last == "-" else _index(parent, last, len(parent) + 1), value)
    elif isinstance(parent, dict):
        parent[last] = value
    else:
        raise _missing(path)
    return document


def _remove(document: Any, path: list[str]) -> tuple[Any, Any]:
    if not path:
        return None, document
    parent, last = _get(document, path[:-1]), path[-1]
    if isinstance(parent, list):
        return document, parent.pop(_index(parent, last))
    if not isinstance(parent, dict) or last not in parent:
        raise _missing(path)
    return document, parent.pop(last)


def _index(items: list[Any], part: str, end: int | None = None) -> int:
    if not part.isdecimal() or int(part) >= (len(items) if end is None else end):
        raise _failed(f"invalid array index {part}")
    return int(part)


def _missing(path: list[str]) -> ApiError:
    return _failed(f"doc is missing path: /{'/'.join(path)}")


def _failed(why: str) -> ApiError:
    return ApiError(422, "Invalid", f"the server rejected our request due to an error in our request: {why}", {})
