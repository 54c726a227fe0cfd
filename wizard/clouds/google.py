"""A session with Google's REST APIs, with the operator's credentials."""

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
"""A decoded JSON object."""

_CONNECT, _READ = 10.0, 60.0
"""Timeouts in seconds."""
RETRY_FOR = 30.0
"""Seconds for which a call is retried after transient refusals."""


class Google:
    """Calls the Google APIs for which a client library is missing or too slow: pools, policies, services, clusters.

    Calls are charged to `quota_project` (header x-goog-user-project), unless the environment or the credentials name
    another project. Google refuses calls with user credentials and no quota project.
    """

    def __init__(self, environ: Mapping[str, str], quota_project: str, under_test: Path | None = None) -> None:
        self._environ = environ
        self._quota_project = quota_project
        self._under_test = under_test
        self._lock = threading.Lock()

    @cached_property
    def operator(self) -> google_credentials.OperatorCredentials:
        """The operator's credentials, found on first use. Raises NoCredentials."""
        return google_credentials.find_credentials(self._environ, self._under_test)

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
        """Return the URL of a path, such as `/v1/projects/...`, of an API, such as `iam`."""
        return endpoints.google(api, self._environ) + quote(path, safe="/:@-._~")

    def call(
        self,
        api: str,
        method: str,
        path: str,
        body: Json | None = None,
        query: Mapping[str, Any] | None = None,
        retry_for: float = RETRY_FOR,
    ) -> Json:
        """Return the decoded JSON. Retries transient refusals for `retry_for` seconds. Raises CloudError."""
        from google.api_core.exceptions import RetryError
        from google.api_core.retry import Retry

        def transient(error: Exception) -> bool:
            return isinstance(error, CloudError) and error.transient

        retry = Retry(predicate=transient, initial=0.2, maximum=5.0, multiplier=2.0, timeout=retry_for)
        try:
            answer: Json = retry(self._once)(api, method, path, body, query, retry_for)
        except RetryError as error:  # the time is up: raise the last refusal
            raise error.cause from None
        return answer

    def get_or_none(self, api: str, path: str) -> Json | None:
        """Return what is at `path`, or None if the API answers 404. Raises CloudError."""
        try:
            return self.call(api, "GET", path)
        except CloudError as error:
            if error.status == 404:
                return None
            raise

    def token(self) -> Secret:
        """Return the operator's access token, for clients that need it as text. Raises NoCredentials."""
        from google.auth import exceptions as auth

        credentials = self.operator.credentials
        try:
            if not credentials.valid:
                credentials.refresh(self._refreshing_request())
        except auth.GoogleAuthError as error:
            raise google_credentials.missing(f"{self.operator.source}: {_first_line(error)}") from error
        return Secret(str(credentials.token))

    def _once(
        self, api: str, method: str, path: str, body: Json | None, query: Mapping[str, Any] | None, retry_for: float
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
                timeout=(min(_CONNECT, retry_for), _READ),
                headers={"x-goog-user-project": self.quota_project} if self.quota_project else None,
            )
        except (auth.RefreshError, auth.DefaultCredentialsError) as error:
            raise google_credentials.missing(f"{self.operator.source}: {_first_line(error)}") from error
        except (auth.TransportError, http.RequestException) as error:
            service = f"{api}.googleapis.com"
            raise Unreachable(service, operation, None, "UNREACHABLE", _first_line(error), transient=True) from error
        if response.status_code >= 400:
            raise refusal(f"{api}.googleapis.com", operation, response.status_code, response.text, self.operator.source)
        return dict(response.json()) if response.content else {}


def refusal(service: str, operation: str, status: int, text: str, source: str = "") -> CloudError:
    """Return the CloudError for the answer of a Google API; `text` is the body of the answer."""
    import json

    try:
        error = json.loads(text)["error"]
        message, reason, details = error["message"], error.get("status", ""), tuple(error.get("details", ()))
    except (ValueError, KeyError, TypeError):
        message, reason, details = text.strip()[:500] or "no body", "", ()
    if status == 401:
        return google_credentials.missing(f"{message} ({source})" if source else message)
    return CloudError(service, operation, status, reason or str(status), message, "", is_transient(status), details)


def _first_line(error: BaseException) -> str:
    text = str(error.args[0]) if error.args else str(error)
    return text.splitlines()[0] if text else type(error).__name__
