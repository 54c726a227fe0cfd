"""HTTP for google-auth, with a line in the call log for each request, refreshes of a token included."""

from __future__ import annotations

import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection

from wizard.clouds import calls


class LoggedAdapter(HTTPAdapter):
    """Sends requests, and logs each."""

    def proxy_manager_for(self, proxy: Any, **settings: Any) -> Any:
        """Return what connects through a proxy, without the delay of 40 ms that urllib3 lets each POST have there."""
        return super().proxy_manager_for(proxy, socket_options=HTTPConnection.default_socket_options, **settings)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request. Raises what requests raises."""
        started, status = time.monotonic(), calls.NO_ANSWER
        try:
            response = super().send(request, *args, **kwargs)
            status = str(response.status_code)
            return response
        finally:
            calls.log("google", request.method or "", calls.place(request.url or ""), status, started)


def mount(session: requests.Session, retries: int = 0) -> requests.Session:
    """Let a session send everything through the log; `retries` is for requests that could not connect."""
    for scheme in ("http://", "https://"):
        session.mount(scheme, LoggedAdapter(pool_maxsize=32, max_retries=retries))
    return session
