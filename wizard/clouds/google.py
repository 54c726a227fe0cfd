"""One session with Google's REST APIs, as the operator."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wizard.clouds import endpoints, google_credentials
from wizard.clouds.errors import CloudError, Unreachable, is_transient
from wizard.secret import Secret

Json = dict[str, Any]

_CONNECT, _READ = 10.0, 60.0
PATIENCE = 30.0
"""How long transient refusals are retried, in seconds."""


class Google:
    """The Google APIs that no client library covers, or that cost more through one (pools, policies, services).

    `quota_project` is charged for the operator's calls (header x-goog-user-project) unless the environment or the
    credentials name another: calls with user credentials and no quota project are refused.
    """

    def __init__(self, environ: Mapping[str, str], quota_project: str, under_test: Path | None = None) -> None:
        self._environ = environ
        self._quota_project = quota_project
        self._under_test = under_test
        self._lock = threading.Lock()

    @cached_property
    def operator(self) -> google_credentials.Operator:
        """The operator's credentials. Raises NoCredentials."""
        return google_credentials.find(self._environ, self._under_test)

    @property
    def quota_project(self) -> str:
        """The project that the operator's calls are charged to."""
        named = self._environ.get("GOOGLE_CLOUD_QUOTA_PROJECT")
        return named or self.operator.quota_project or self._quota_project

    @cached_property
    def _session(self) -> Any:
        from google.auth.transport.requests import AuthorizedSession

        from wizard.clouds import logged_http

        session = AuthorizedSession(
            self.operator.credentials, refresh_timeout=30, auth_request=self._refreshing_request()
        )
        return logged_http.mount(session)

    def _refreshing_request(self) -> Any:
        """What google-auth refreshes a token with."""
        import requests
        from google.auth.transport.requests import Request

        from wizard.clouds import logged_http

        return Request(logged_http.mount(requests.Session(), retries=3))

    def url(self, api: str, path: str) -> str:
        """The address of `path` (`/v1/projects/...`) at an API (`iam`)."""
        return endpoints.google(api, self._environ) + quote(path, safe="/:@-._~")

    def call(
        self,
        api: str,
        method: str,
        path: str,
        body: Json | None = None,
        query: Mapping[str, Any] | None = None,
        patience: float = PATIENCE,
    ) -> Json:
        """One call; answers the decoded JSON. Transient refusals are retried for so many seconds. Raises CloudError."""
        from google.api_core.exceptions import RetryError
        from google.api_core.retry import Retry

        def transient(error: Exception) -> bool:
            return isinstance(error, CloudError) and error.transient

        retry = Retry(predicate=transient, initial=0.2, maximum=5.0, multiplier=2.0, timeout=patience)
        try:
            answer: Json = retry(self._once)(api, method, path, body, query, patience)
        except RetryError as error:  # the time is up: what the cloud said last counts
            raise error.cause from None
        return answer

    def get_or_none(self, api: str, path: str) -> Json | None:
        """What is at `path`, or None where the API answers 404. Raises CloudError."""
        try:
            return self.call(api, "GET", path)
        except CloudError as error:
            if error.status == 404:
                return None
            raise

    def token(self) -> Secret:
        """The operator's access token, for a channel that cannot carry credentials itself. Raises NoCredentials."""
        from google.auth import exceptions as auth

        credentials = self.operator.credentials
        try:
            if not credentials.valid:
                credentials.refresh(self._refreshing_request())
        except auth.GoogleAuthError as error:
            raise google_credentials.missing(f"{self.operator.source}: {_first(error)}") from error
        return Secret(str(credentials.token))

    def _once(
        self, api: str, method: str, path: str, body: Json | None, query: Mapping[str, Any] | None, patience: float
    ) -> Json:
        from google.auth import exceptions as auth
        from requests import exceptions as http

        with self._lock:
            session = self._session
        operation = f"{method} {path}"
        try:
            response = session.request(
                method,
                self.url(api, path),
                params=query,
                json=body,
                timeout=(min(_CONNECT, patience), _READ),
                headers={"x-goog-user-project": self.quota_project} if self.quota_project else None,
            )
        except (auth.RefreshError, auth.DefaultCredentialsError) as error:
            raise google_credentials.missing(f"{self.operator.source}: {_first(error)}") from error
        except (auth.TransportError, http.RequestException) as error:
            service = f"{api}.googleapis.com"
            raise Unreachable(service, operation, None, "UNREACHABLE", _first(error), transient=True) from error
        if response.status_code >= 400:
            raise refusal(f"{api}.googleapis.com", operation, response.status_code, response.text, self.operator.source)
        return dict(response.json()) if response.content else {}


def refusal(service: str, operation: str, status: int, text: str, source: str = "") -> CloudError:
    """The error that a Google API's answer stands for; `text` is its body, JSON or not."""
    import json

    try:
        error = json.loads(text)["error"]
        message, reason, details = error["message"], error.get("status", ""), tuple(error.get("details", ()))
    except (ValueError, KeyError, TypeError):
        message, reason, details = text.strip()[:500] or "no body", "", ()
    if status == 401:
        return google_credentials.missing(f"{message} ({source})" if source else message)
    return CloudError(service, operation, status, reason or str(status), message, "", is_transient(status), details)


def _first(error: BaseException) -> str:
    text = str(error.args[0]) if error.args else str(error)
    return text.splitlines()[0] if text else type(error).__name__
