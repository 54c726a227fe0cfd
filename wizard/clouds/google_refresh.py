"""The HTTP requests with which google-auth refreshes the operator's token. Their answers are checked first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from google.auth.transport.requests import Request

from wizard.clouds import answers, logged_http, network
from wizard.language import _


class CheckedRequest(Request):
    """Raises Unreadable for an answer of a token service that is not JSON, which google-auth would quote."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        session = network.Session()
        session.environ = environ
        super().__init__(logged_http.mount(session, retries=3))

    def __call__(self, url: str, method: str = "GET", *arguments: Any, **named: Any) -> Any:
        """Send a request, and return its answer. Raises Unreadable, and what google-auth raises."""
        send: Any = super().__call__
        answer = send(url, method, *arguments, **named)
        if method == "POST":  # the metadata server answers GET, also with plain text
            host = urlsplit(url).netloc
            _check(answer.data, answers.Source(host, "refresh the access token", host, answer.status))
        return answer


def _check(content: bytes, source: answers.Source) -> None:
    """Raise Unreadable if the answer is not JSON, or has a token or a lifetime of another type."""
    answer = answers.decode(content, source)
    for key in ("access_token", "accessToken", "id_token"):
        answer.get(key, "")
    lifetime = answer.get("expires_in", 0)
    if not str(lifetime).isdigit():
        source.refuse(_('the value of "expires_in" is not a number'))
