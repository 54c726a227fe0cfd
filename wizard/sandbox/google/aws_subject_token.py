"""The subject token of an AWS caller: a signed GetCallerIdentity request, serialized for Google's token service."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

TARGET_HEADER = "x-goog-cloud-target-resource"
"""Names the audience, so that a request signed for one provider is of no use at another."""

_HOST = re.compile(r"sts(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?")
_REQUIRED = ("authorization", "host", "x-amz-date", TARGET_HEADER)


class SubjectTokenError(ValueError):
    """A subject token that the token service will not take to AWS; its text says why."""


@dataclass(frozen=True)
class AwsRequest:
    """The request that the token service would send to AWS STS; header names are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]

    @property
    def target(self) -> str:
        """The audience the caller meant, without an `https:` in front."""
        return self.headers[TARGET_HEADER].removeprefix("https:")


def decode(token: str) -> AwsRequest:
    """Decode a subject token: JSON of url, method and a list of headers, encoded as in a form.

    Raises SubjectTokenError for anything but a POST of GetCallerIdentity to an AWS STS host with the headers that
    Google demands (STS v1 reference, `subjectToken`).
    """
    request = _parse(unquote_plus(token))
    if request.method != "POST":
        raise SubjectTokenError("The method of the AWS request must be POST.")
    for name in _REQUIRED:
        if not request.headers.get(name):
            raise SubjectTokenError(f"The AWS request lacks the {name} header.")
    _check_url(request)
    return request


def _parse(text: str) -> AwsRequest:
    if not text.strip():
        # Recorded from Google; for other malformed tokens its position differs, its beginning does not.
        raise SubjectTokenError("Error at line 0:0: Unexpected end of stream : expected '{'")
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise SubjectTokenError(f"Error at line {error.lineno}:{error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise SubjectTokenError("nested too deeply") from error
    if not isinstance(document, dict):
        raise SubjectTokenError("expected '{'")
    method, url = document.get("method"), document.get("url")
    if not isinstance(method, str) or not isinstance(url, str):
        raise SubjectTokenError("url and method must be strings.")
    return AwsRequest(method, url, _headers(document.get("headers")))


def _headers(rows: Any) -> dict[str, str]:
    if not isinstance(rows, list):
        raise SubjectTokenError("headers must be a list.")
    headers: dict[str, str] = {}
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("key"), str) or not isinstance(row.get("value"), str):
            raise SubjectTokenError("A header must have a key and a value.")
        name = row["key"].lower()
        if headers.setdefault(name, row["value"]) != row["value"]:  # Java's library names the audience twice
            raise SubjectTokenError(f"The header {name} has two values.")
    return headers


def _check_url(request: AwsRequest) -> None:
    try:
        url = urlsplit(request.url)
        host = url.netloc
    except ValueError as error:
        raise SubjectTokenError("url is not a URL.") from error
    if url.scheme != "https" or not _HOST.fullmatch(host) or url.path not in ("", "/") or url.fragment:
        raise SubjectTokenError("url must be an https URL of AWS STS.")
    if request.headers["host"] != host:
        raise SubjectTokenError("The host header is not the host of the URL.")
    if parse_qs(url.query, strict_parsing=False).get("Action") != ["GetCallerIdentity"]:
        raise SubjectTokenError("The AWS request must be GetCallerIdentity.")
