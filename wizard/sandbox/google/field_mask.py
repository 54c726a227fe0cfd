"""Field masks: which fields of a resource a PATCH sets."""

import copy
from collections.abc import Collection, Mapping

from wizard.sandbox.json_value import JSON

from .camel_case import camel_case
from .errors import invalid


def masked(current: Mapping[str, JSON], wanted: Mapping[str, JSON], mask: str, known: Collection[str]) -> JSON:
    """`current` with the masked fields taken from `wanted`; a masked field that `wanted` lacks is cleared.

    `mask` is comma-separated paths, in camelCase or snake_case (gcloud sends the one, Terraform the other), such as
    `disabled,oidc.allowed_audiences`. GoogleError 400 when it is empty, or names a field that is not `known`.
    """
    paths = [camel_case(path.strip()) for path in mask.split(",") if path.strip()]
    if not paths:
        raise invalid("The update mask must name at least one field.")
    result = copy.deepcopy(dict(current))
    for path in paths:
        first, *rest = path.split(".")
        if first not in known or len(rest) > 1:
            raise invalid(f"Invalid field in the update mask: {path}")
        if rest:
            _assign(_object(result.setdefault(first, {}), path), _object(wanted.get(first) or {}, path), rest[0])
        else:
            _assign(result, wanted, first)
    return result


def _object(value: JSON, path: str) -> dict[str, JSON]:
    if not isinstance(value, dict):
        raise invalid(f"Invalid field in the update mask: {path}")
    return value


def _assign(target: dict[str, JSON], source: Mapping[str, JSON], key: str) -> None:
    if source.get(key) is None:
        target.pop(key, None)
    else:
        target[key] = source[key]
