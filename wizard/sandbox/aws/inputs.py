"""Whether the input of a call can be read: JSON in the form of the service's model, or text that XML can have.

Sources: the service models of botocore; Smithy, "AWS JSON 1.1 protocol" and "AWS restJson1 protocol"; "Common
errors" of the services; "Error codes for the Amazon EC2 API".
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wizard.sandbox.json_value import parsed

from .errors import AwsRefusal
from .messages import Message, with_document
from .protocols import NOT_IN_XML, Service

if TYPE_CHECKING:
    from botocore.model import Shape

_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "character": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int, float),
    "long": (int, float),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
}
_LARGEST = 2**63
_NUMBER = re.compile(r"-?[0-9]{1,10}")


def check_text(service: Service, message: Message) -> None:
    """Refuse parameters of the query protocols with characters that no XML has (AwsRefusal)."""
    texts = (*message.form, *message.form.values())
    if not any(map(NOT_IN_XML.search, texts)):
        return
    if service.protocol == "ec2":
        raise AwsRefusal("InvalidCharacter", "A specified character is invalid.")
    raise AwsRefusal("ValidationError", "The request contains a character that is not valid.")


def check_numbers(service: Service, operation: str, message: Message) -> None:
    """Refuse parameters of the query protocols that should be numbers and are not (AwsRefusal)."""
    from moto.core.utils import get_service_model

    shape = get_service_model(service.name).operation_model(operation).input_shape
    for name, member in shape.members.items() if shape is not None else ():
        text = message.form.get(name)
        if member.type_name not in ("integer", "long") or text is None or _NUMBER.fullmatch(text):
            continue
        if service.protocol == "ec2":
            raise AwsRefusal("InvalidParameterValue", f"Invalid value '{text}' for {name}.")
        raise AwsRefusal("MalformedInput", "")


def readable(service: Service, operation: str, message: Message) -> Message:
    """The request, of its JSON the values that are not null; AwsRefusal for JSON that the operation cannot read."""
    from moto.core.utils import get_service_model

    shape = get_service_model(service.model or service.name).operation_model(operation).input_shape
    payload = shape.serialization.get("payload") if shape is not None else None
    if shape is None or payload is not None or not message.body:  # a payload is for the service itself to read
        return message
    try:
        document = parsed(message.body)
        document.items()
        _check(shape, document)
    except (ValueError, AttributeError) as error:
        raise _unreadable() from error
    without = _without_nulls(document)
    return message if without == document else with_document(message, without)


def by_path(message: Message) -> Message:
    """The request without the headers that make it one of a service whose operations are not called by path."""
    headers = {name: value for name, value in message.headers.items() if name != "x-amz-target"}
    if "x-amz-json" in headers.get("content-type", ""):
        headers["content-type"] = "application/json"
    return replace(message, headers=headers)


def _check(shape: Shape, value: Any) -> None:
    """Raise ValueError if a value is not of its shape's type; names that the shape does not have may be anything."""
    if value is None or shape.serialization.get("location") or getattr(shape, "is_document_type", False):
        return
    kind = shape.type_name
    if not _is_of_type(kind, value):
        raise ValueError(f"{shape.name} is of another type")
    if isinstance(value, int | float) and not -_LARGEST <= value < _LARGEST:
        raise ValueError(f"{shape.name} is too large")
    if isinstance(value, str):
        value.encode()  # UnicodeEncodeError, a ValueError, for half of a surrogate pair
    if kind == "structure":
        for name, member in shape.members.items():
            _check(member, value.get(member.serialization.get("name", name)))
    elif kind == "map":
        for inner in value.values():
            _check(shape.value, inner)
    elif kind == "list":
        for inner in value:
            if inner is None:
                raise ValueError(f"{shape.name} contains null")
            _check(shape.member, inner)


def _is_of_type(kind: str, value: Any) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _unreadable() -> AwsRefusal:
    return AwsRefusal("SerializationException", "The request body is not valid input for this operation.")
