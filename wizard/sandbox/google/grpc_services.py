"""The gRPC services that the sandbox serves: the messages of each method, and the REST call that stands for it.

Messages come from Google's client libraries, and so do the HTTP rules where a library has a REST transport.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import signature
from typing import Any, get_args
from urllib.parse import unquote

from google.api_core import path_template
from google.longrunning import operations_pb2  # type: ignore[import-untyped]  # ships no type information
from google.protobuf import empty_pb2, json_format
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]  # the same

from wizard.sandbox.json_value import JSON

from .calls import Request
from .errors import invalid
from .iam_http_rules import HTTP_RULES

HttpRules = list[dict[str, str]]


@dataclass(frozen=True)
class Method:
    """One method: its messages, and the HTTP rules of which one turns a request into a REST call."""

    request: type[Message]
    response: type[Message]
    rules: HttpRules

    def transcode(self, raw: bytes, headers: Mapping[str, str]) -> Request:
        """The REST request for a serialized message; GoogleError 400 if it is none, or names nothing."""
        try:
            message = self.request.FromString(raw)
        except DecodeError as error:
            raise invalid("The request is not a message of this method.") from error
        try:
            found = path_template.transcode(self.rules, message=message)
        except ValueError as error:
            raise invalid("The request does not name a resource of this method.") from error
        query = _query(json_format.MessageToDict(found["query_params"]))
        body = json.dumps(json_format.MessageToDict(found["body"])).encode() if "body" in found else b""
        return Request(found["method"].upper(), unquote(found["uri"]), query, headers, body)

    def serialize(self, answer: JSON) -> bytes:
        """The answer as a serialized message; what the message has no field for is left out."""
        message = json_format.ParseDict(answer, self.response(), ignore_unknown_fields=True)
        return bytes(message.SerializeToString())


@cache
def methods(package: str, client: str) -> dict[str, Method]:
    """The methods of a service by name: `client` is the class in a client library that calls it.

    Loading a library takes up to half a second.
    """
    library = import_module(package)
    calls = {name.replace("_", ""): member for name, member in vars(getattr(library, client)).items()}
    found = {}
    for name, rules in _http_rules(package, client).items():
        call = calls.get(name.lower())
        if call is not None:
            found[name] = Method(_request(call), _response(library.types, name, call), rules)
    return found


def status(code: int, message: str, details: list[JSON]) -> bytes:
    """A serialized google.rpc.Status, as gRPC clients look for it in the trailing metadata."""
    body = {"code": code, "message": message, "details": details}
    return bytes(json_format.ParseDict(body, status_pb2.Status(), descriptor_pool=_POOL).SerializeToString())


_POOL = error_details_pb2.DESCRIPTOR.pool
"""Where the types of error details are found."""


def _http_rules(package: str, client: str) -> Mapping[str, HttpRules]:
    """A method's name to its HTTP rules."""
    if package == "google.cloud.iam_admin_v1":
        return HTTP_RULES
    if package.endswith("_v1beta1"):
        # Libraries of beta versions speak gRPC only; their rules are those of the version that they lead to.
        rules = _http_rules(package.replace("_v1beta1", "_v1"), client)
        return {name: [_in_beta(rule) for rule in each] for name, each in rules.items()}
    service = client.removesuffix("Client")
    module = import_module(f"{package}.services.{_snake(service)}.transports.rest_base")
    transport = getattr(module, f"_Base{service}RestTransport")
    return {
        name.removeprefix("_Base"): member._get_http_options()
        for name, member in vars(transport).items()
        if name.startswith("_Base") and hasattr(member, "_get_http_options")
    }


def _in_beta(rule: dict[str, str]) -> dict[str, str]:
    return {**rule, "uri": rule["uri"].replace("/v1/", "/v1beta1/", 1)}


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _request(call: Any) -> type[Message]:
    """What a method takes: the message that the library's own call takes (or a dict that looks like one)."""
    return _plain(get_args(signature(call).parameters["request"].annotation)[0])


def _response(types: Any, name: str, call: Any) -> type[Message]:
    """What a method answers: a message that is named after it, or what the library's own call returns."""
    named = getattr(types, f"{name}Response", None)
    returned = named or signature(call).return_annotation
    if returned is None:
        return _plain(empty_pb2.Empty)
    if returned.__name__ == "Operation" and returned.__module__.startswith("google.api_core"):
        return _plain(operations_pb2.Operation)
    return _plain(returned)


def _plain(kind: Any) -> type[Message]:
    """The protocol buffer message itself, which libraries wrap."""
    message: type[Message] = kind.pb() if hasattr(kind, "pb") else kind
    return message


def _query(fields: Mapping[str, Any], prefix: str = "") -> dict[str, list[str]]:
    """Fields as query parameters: those inside of others with their path, as in `options.requestedPolicyVersion`."""
    query: dict[str, list[str]] = {}
    for key, value in fields.items():
        if isinstance(value, dict):
            query |= _query(value, f"{prefix}{key}.")
        else:
            values = value if isinstance(value, list) else [value]
            query[prefix + key] = [each if isinstance(each, str) else json.dumps(each) for each in values]
    return query
