"""The services that the sandbox does not have: it says so in the protocol of each, whatever the request asks for.

The protocol follows from the request. Source: the service models of botocore; Smithy, "AWS protocols".
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from .errors import AwsRefusal, lacking
from .messages import Message
from .protocols import SERVICES, Protocol, Service

_SCOPE = re.compile(r"Credential=[^/\s]+/[^/]*/[^/]*/([a-z0-9-]+)/")
_XML = frozenset({"s3", "s3-object-lambda", "s3-outposts", "s3express", "cloudfront", "route53"})
"""Signing names of services that answer XML and have no Action parameter."""


def service_of(message: Message) -> Service:
    """The service that a request is for: from its credential scope, or else from its target or its host."""
    scope = _SCOPE.search(message.headers.get("authorization", ""))
    scope = scope or _SCOPE.search("Credential=" + message.query.get("X-Amz-Credential", ""))
    if scope is not None:
        return SERVICES.get(scope[1]) or Service(scope[1], _protocol(scope[1], message), "")
    target = message.headers.get("x-amz-target", "").partition(".")[0]
    for service in SERVICES.values():
        if target and service.target == target:
            return service
    return _hosted(message)


def refuse_lacking(service: Service, message: Message) -> AwsRefusal:
    """The refusal of a service that the sandbox does not have: 501, with the host that the request is for."""
    return lacking(service.name if _on_this_machine(message) else _host(message))


def _hosted(message: Message) -> Service:
    """The service of an unsigned request, by the labels of its host; an address of this machine is taken as STS."""
    if _on_this_machine(message):
        return SERVICES["sts"]
    labels = _host(message).split(".")
    for label in labels:
        if label in SERVICES:
            return SERVICES[label]
    name = "s3" if "s3" in labels else labels[0]
    return Service(name, _protocol(name, message), "")


def _protocol(name: str, message: Message) -> Protocol:
    if message.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return "cbor"
    if "x-amz-target" in message.headers:
        return "json"
    if "Action" in message.form:
        return "query"
    return "rest-xml" if name in _XML else "rest-json"


def _host(message: Message) -> str:
    return (urlsplit(f"//{message.host}").hostname or "").rstrip(".")


def _on_this_machine(message: Message) -> bool:
    host = _host(message)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost")
