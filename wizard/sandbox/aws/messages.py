"""A request to AWS as it was received, and the reply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from wizard.sandbox.json_value import parsed


@dataclass(frozen=True)
class Message:
    """One HTTP request. `url` is absolute and as the client sent it; header names are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)

    @property
    def host(self) -> str:
        """The host that the request is for: the Host header, or else the URL's."""
        return self.headers.get("host") or urlsplit(self.url).netloc

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return urlsplit(self.url).path or "/"

    @property
    def query_string(self) -> str:
        """The query string as sent."""
        return urlsplit(self.url).query

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters in the query string."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @cached_property
    def form(self) -> dict[str, str]:
        """The parameters of the query protocols, whether in the query string or in the body."""
        body = self.body.decode("utf-8", errors="replace")
        return {**self.query, **dict(parse_qsl(body, keep_blank_values=True))}

    @cached_property
    def document(self) -> dict[str, Any]:
        """The JSON object in the body; empty if there is none."""
        try:
            document = parsed(self.body or b"{}")
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}


def message(method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Message:
    """A Message from headers in any case; the last of two with the same name wins."""
    return Message(method.upper(), url, {name.lower(): value for name, value in headers.items()}, body)


@dataclass(frozen=True)
class Reply:
    """The response that the client gets."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return self.status < 300


def with_document(message: Message, document: Mapping[str, Any]) -> Message:
    """The same request with another JSON body."""
    return replace(message, body=json.dumps(document).encode())
