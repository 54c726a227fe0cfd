"""Checks the answers of AWS before botocore reads them, since botocore's errors quote what it cannot read."""

from __future__ import annotations

import json
import re
import threading
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from wizard.clouds.answers import Answer, Source, wrapped
from wizard.clouds.errors import AFTER_THE_EFFECT, CloudError, Unreachable
from wizard.clouds.wording import words
from wizard.language import _

_asked = threading.local()
"""The host that each thread has asked last."""

_NEVER_SENT = ("EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError", "SSLError")
"""botocore's errors for calls that did not reach AWS."""
_METADATA = re.compile(r"(Received non 200 response \d+ from container metadata).*", re.DOTALL)
_READS = ("get_", "list_", "describe_", "assume_role", "simulate_", "batch_get_", "filter_")


def only_reads(operation: str) -> bool:
    """Return whether an operation, such as `get_role`, changes nothing."""
    return operation.startswith(_READS)


def remember(url: str) -> None:
    """Note which host this thread asks now, for the error about its answer."""
    _asked.host = urlsplit(url).netloc


def check(operation_model: Any, response_dict: dict[str, Any], **_rest: Any) -> None:
    """A hook of botocore, before it parses an answer. Raises Unreadable for what is neither its XML nor its JSON.

    Removes the body of an error of a server in between, so that botocore retries by the status and quotes nothing.
    """
    status, body = response_dict["status_code"], response_dict["body"]
    service = operation_model.service_model
    if body == b"" and _says_nothing(operation_model, status):
        return
    if not isinstance(body, bytes) or _is_readable(service.metadata.get("protocol", ""), body):
        return
    if status >= 500:
        response_dict["body"] = b""
        return
    source(service.service_name, _snake(operation_model.name), status).refuse(
        _("the response body is not in an AWS format")
    )


def source(service: str, operation: str, status: int | None = None) -> Source:
    """Return where the last answer of this thread came from."""
    return Source(service, operation, getattr(_asked, "host", service), status, not only_reads(operation))


def answer(service: str, operation: str, document: dict[str, Any]) -> Answer:
    """Return what botocore read of an answer. To read a value of it that is missing is an error."""
    status = document.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return Answer(wrapped(document, source(service, operation, status)), source(service, operation, status))


def inside_botocore() -> tuple[type[Exception], ...]:
    """Return the kinds of errors that botocore lets out when an answer is cut off, or has values of other types."""
    from requests import exceptions as http

    of_urllib3: type[Exception] = http.BaseHTTPError  # type: ignore[attr-defined]  # botocore has the same urllib3
    return (of_urllib3, OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


def unread(service: str, operation: str, error: Exception) -> CloudError:
    """Return the CloudError for an error inside botocore, which can quote what was sent or received."""
    lost = not only_reads(operation)
    return Unreachable(service, operation, None, "UNREADABLE", words(error), transient=True, lost=lost)


def said(error: Any) -> str:
    """Return what an error of botocore says, without what it quotes of an answer or a request."""
    kind = type(error).__name__
    inner = error.kwargs.get("error") if kind in ("HTTPClientError", "ResponseStreamingError") else None
    if isinstance(inner, Exception):
        return words(inner)
    if kind == "ResponseParserError":
        return words(error)
    return _METADATA.sub(r"\1", str(error))


def with_loss(error: CloudError, answered: dict[str, Any]) -> CloudError:
    """Return the error of a call, marked if the call was a write that may have taken effect.

    botocore repeats a write whose answer it did not get: then the second answer can be that the thing exists already.
    """
    retries = answered.get("ResponseMetadata", {}).get("RetryAttempts", 0)
    is_ours = retries > 0 and "AlreadyExists" in error.reason
    is_silent = isinstance(error, Unreachable) and error.reason not in _NEVER_SENT
    error.lost = not only_reads(error.operation) and (is_ours or is_silent or error.status in AFTER_THE_EFFECT)
    return error


def _says_nothing(operation_model: Any, status: int) -> bool:
    """Return whether the answer of an operation that succeeded has no body, as that of CreateLogGroup."""
    output = operation_model.output_shape
    return status == 204 or (status == 200 and (output is None or not output.members))


def _is_readable(protocol: str, body: bytes) -> bool:
    try:
        if protocol in ("query", "ec2", "rest-xml"):
            ElementTree.fromstring(body)
            return True
        if protocol in ("json", "rest-json"):
            return isinstance(json.loads(body), dict)
    except (ElementTree.ParseError, ValueError, RecursionError):
        return False
    return True


def _snake(name: str) -> str:
    from botocore import xform_name

    return str(xform_name(name))
