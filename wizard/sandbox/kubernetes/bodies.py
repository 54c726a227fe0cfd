"""Bodies of requests: JSON, YAML or protobuf, made into objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import yaml

from wizard.sandbox.json_value import DEEPEST, parsed

from . import protobuf, shapes
from .kinds import Kind, Object
from .status import bad_request, unsupported_media

JSON_TYPE = "application/json"
YAML = "application/yaml"
OBJECTS = (JSON_TYPE, YAML, protobuf.MEDIA_TYPE)


def read(content_type: str, body: bytes) -> Object:
    """The object in a body. Raises ApiError 400 or 415."""
    media = content_type.partition(";")[0].strip().lower() or JSON_TYPE
    if media == protobuf.MEDIA_TYPE:
        try:
            return protobuf.decode(body)
        except protobuf.UnknownMessageError as error:
            raise unsupported_media(media, (JSON_TYPE, YAML)) from error
        except protobuf.ProtobufError as error:
            raise bad_request(f"the object provided is unrecognized: {error}") from error
    if media not in (JSON_TYPE, YAML):
        raise unsupported_media(media, OBJECTS)
    found = parse(body, media == YAML)
    if not isinstance(found, dict):
        raise bad_request("the object provided is unrecognized (must be of type Object)")
    return found


def parse(body: bytes, as_yaml: bool = False) -> Any:
    """The JSON or YAML value in a body. Raises ApiError 400."""
    try:
        found = _yaml(body) if as_yaml else parsed(body, object_pairs_hook=_object)
        return _well_formed(found) if b"\\ud" in body.lower() else found
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise bad_request(f"error decoding the body: {error}") from error


def _well_formed(value: Any) -> Any:
    """The value with U+FFFD for each half of a surrogate pair, as the API server reads it (Go's encoding/json)."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        for key in list(value):
            value[_well_formed(key)] = _well_formed(value.pop(key))
    elif isinstance(value, list):
        value[:] = [_well_formed(each) for each in value]
    return value


def _yaml(body: bytes) -> Any:
    """The YAML value in a body; ValueError if it is too deep, or if its aliases make it far larger than it is."""
    loader = yaml.SafeLoader(body)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _check_nodes(node, len(body))
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _check_nodes(root: yaml.Node, size: int) -> None:
    """Raise ValueError before the values of a text of `size` bytes are made, if they would be too deep or too many."""
    count, level = 0, [root]
    for _ in range(DEEPEST + 1):
        level = [inner for outer in level for inner in _inner_nodes(outer)]
        count += len(level)
        if count > 2 * size:  # of a key and its value, one is a byte at least, unless an alias stands for both
            raise ValueError("yaml: document contains excessive aliasing")
        if not level:
            return
    raise ValueError("too deep")


def _inner_nodes(node: yaml.Node) -> Iterable[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return chain.from_iterable(node.value)
    return node.value if isinstance(node, yaml.SequenceNode) else ()


class _Doubled(dict[str, Any]):
    """An object of a body that has some of its keys more than once; the last value counts."""

    keys_doubled: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    counts = Counter(key for key, _ in pairs)
    doubled = _Doubled(found)
    doubled.keys_doubled = tuple(key for key, count in counts.items() if count > 1)
    return doubled


def doubled(value: Any, path: str = "") -> Iterator[str]:
    """The paths of the keys that a parsed body has more than once."""
    if isinstance(value, _Doubled):
        yield from (f"{path}{key}" for key in value.keys_doubled)
    if isinstance(value, dict):
        for key, each in value.items():
            yield from doubled(each, f"{path}{key}." if isinstance(each, dict) else f"{path}{key}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from doubled(each, f"{path}[{index}].")


def without_nulls(value: Any) -> Any:
    """The value with what is null left out: to Kubernetes that is the same."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    return [without_nulls(each) for each in value if each is not None] if isinstance(value, list) else value


def typed(kind: Kind, item: Object, field_validation: str) -> tuple[Object, list[str]]:
    """The object, which must be of that kind, and the warnings about it; `Strict` makes them a refusal (ApiError 400).

    An object that does not say what it is, is taken for one of that kind.
    """
    repeated = list(doubled(item))
    item = without_nulls(item)
    for name, expected in (("apiVersion", kind.api_version), ("kind", kind.kind)):
        given = item.setdefault(name, expected)
        if given != expected:
            what = "API version" if name == "apiVersion" else "kind"
            raise bad_request(f"the {what} in the data ({given}) does not match the expected {what} ({expected})")
    item.setdefault("metadata", {})
    fitting, unknown = shapes.fit(kind, item)
    problems = [
        *(f'duplicate field "{path}"' for path in repeated),
        *(f'unknown field "{path}"' for path in sorted(unknown)),
    ]
    if problems and field_validation == "Strict":
        said = f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}'
        raise bad_request(f"{said}: strict decoding error: {', '.join(problems)}")
    return fitting, problems if field_validation != "Ignore" else []
