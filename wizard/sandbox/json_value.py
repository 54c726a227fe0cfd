"""The type of JSON values, for every room of the sandbox."""

from typing import Any, TypeVar, cast

T = TypeVar("T")

JSON = Any
"""A JSON value, as `json.loads` returns it."""


def copied(value: T) -> T:
    """A copy of a JSON value that shares nothing with it. It is several times faster than `copy.deepcopy`."""
    if isinstance(value, dict):
        return cast(T, {key: copied(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return cast(T, [copied(inner) for inner in value])
    return value
