"""A session with Google's REST APIs, with the operator's credentials."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from wizard.clouds import calls, endpoints, google_credentials, pacing, retrying, way_out
from wizard.clouds.answers import Source, decode
from wizard.clouds.errors import AFTER_THE_EFFECT, CloudError, Unreachable, Unreadable, is_transient
from wizard.clouds.pacing import Pacer
from wizard.clouds.wording import words
from wizard.language import _
from wizard.secret import Secret

Json = dict[str, Any]
"""A decoded JSON object."""


class EncodedPath(str):
    """A path whose segments are percent-encoded already, since a name in it contains slashes."""

    __slots__ = ()


_TOKENS = "oauth2.googleapis.com"
"""The host that refreshes tokens."""

_CONNECT, _READ = 10.0, 60.0
"""Timeouts in seconds."""


class Google:
    """Calls the Google APIs for which a client library is missing or too slow: pools, policies, services, clusters.

    Calls are charged to `quota_project` (header x-goog-user-project), unless the environment or the credentials name
    another project. Google refuses calls with user credentials and no quota project.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        quota_project: str,
        under_test: Path | None = None,
        pacer: Pacer | None = None,
    ) -> None:
        self._environ = environ
        self._quota_project = quota_project
        self._under_test = under_test
        self._pacer = pacer or Pacer()
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()

    @cached_property
    def operator(self) -> google_credentials.OperatorCredentials:
        """The operator's credentials, found on first use. Raises NoCredentials."""
        return google_credentials.find_credentials(self._environ, self._under_test)

    @property
    def pacer(self) -> Pacer:
        """Paces the operator's calls of Google and of its clusters."""
        return self._pacer

    @property
    def quota_project(self) -> str:
        """The project that the operator's calls are charged to."""
        named = self._environ.get("GOOGLE_CLOUD_QUOTA_PROJECT")
        return named or self.operator.quota_project or self._quota_project

    @cached_property
    def _session(self) -> Any:
        from google.auth.transport.requests import AuthorizedSession

        from wizard.clouds import logged_http, network

        class Session(AuthorizedSession, network.Session):
            """Adds the operator's token, and goes out the way of the environment."""

        made: Any = Session  # google-auth ships no type information
        session = made(self.operator.credentials, refresh_timeout=30, auth_request=self._refreshing_request())
        session.environ = self._environ
        return logged_http.mount(session)

    def _refreshing_request(self) -> Any:
        """What google-auth refreshes a token with."""
        from wizard.clouds.google_refresh import CheckedRequest

        return CheckedRequest(self._environ)

    def url(self, api: str, path: str) -> str:
        """Return the URL of a path, such as `/v1/projects/...`, of an API, such as `iam`.

        Raises CloudError for a path that would lead to another resource, since a name in it is empty or `..`.
        """
        if any(segment in ("", ".", "..") for segment in path.removeprefix("/").split("/")):
            raise CloudError(
                f"{api}.googleapis.com",
                "call",
                None,
                "InvalidName",
                _('"{path}" contains an invalid resource name').format(path=path),
            )
        encoded = path if isinstance(path, EncodedPath) else quote(path, safe="/:@-._~")
        return endpoints.google(api, self._environ) + encoded

    def call(
        self,
        api: str,
        method: str,
        path: str,
        body: Json | None = None,
        query: Mapping[str, Any] | None = None,
        retry_for: float = retrying.RETRY_FOR,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """Return the decoded JSON. Retries transient refusals for `retry_for` seconds. Raises CloudError."""
        return retrying.retried(lambda: self._once(api, method, path, body, query, retry_for, headers or {}), retry_for)

    def get_or_none(self, api: str, path: str) -> Json | None:
        """Return what is at `path`, or None if the API answers 404. Raises CloudError."""
        try:
            return self.call(api, "GET", path)
        except CloudError as error:
            if error.status == 404 and not isinstance(error, Unreadable):
                return None
            raise

    def token(self) -> Secret:
        """Return the operator's access token, refreshed if it must be. Raises NoCredentials and Unreachable."""
        from google.auth import exceptions as auth

        credentials = self.operator.credentials
        try:
            with self._refreshing, self._refused_refresh():
                if not credentials.valid:
                    credentials.refresh(self._refreshing_request())
        except auth.TransportError as error:
            raise self._no_answer(Source("google", "refresh the access token", _TOKENS), error) from None
        return Secret(google_credentials.clean_token(str(credentials.token), self.operator.source))

    @contextmanager
    def _refused_refresh(self) -> Iterator[None]:
        """Turn refusals to refresh the token into NoCredentials, with words that quote no answer."""
        from google.auth import exceptions as auth

        try:
            yield
        except auth.TransportError:
            raise
        except auth.GoogleAuthError as error:
            raise google_credentials.expired(self.operator, words(error)) from None

    def _no_answer(self, place: Source, error: Exception) -> Unreachable:
        """Return the error of a call that got no answer."""
        said, quoted = str(error), words(error)
        return way_out.no_answer(
            place.service, place.operation, place.host, said, self._environ, quoted=quoted, lost=place.lost
        )

    def _once(
        self,
        api: str,
        method: str,
        path: str,
        body: Json | None,
        query: Mapping[str, Any] | None,
        retry_for: float,
        headers: Mapping[str, str],
    ) -> Json:
        from google.auth import exceptions as auth
        from requests import exceptions as http

        self.token()  # refreshed before the request, so that a failure is not one of the request
        with self._lock:
            session = self._session
        url, writes = self.url(api, path), not _only_reads(method, path)
        charged = {"x-goog-user-project": self.quota_project} if self.quota_project else {}
        place = Source(f"{api}.googleapis.com", f"{method} {path}", urlsplit(url).netloc, lost=writes)
        quota = pacing.of_google(api, path, writes=writes)
        paced = self._pacer.call(quota, self.quota_project, pacing.cost(path))
        try:
            with self._refused_refresh(), paced, calls.awaited(place.host):
                response = session.request(
                    method,
                    url,
                    params=query,
                    json=body,
                    timeout=(min(_CONNECT, retry_for), _READ),
                    headers={**charged, **headers},
                )
        except (auth.TransportError, http.RequestException) as error:
            place = replace(place, lost=writes and not _never_sent(error))
            raise self._no_answer(place, error) from None
        place = replace(place, status=response.status_code)
        if response.status_code >= 400:
            asked = retrying.seconds_asked(response.headers.get("retry-after"))
            raise refusal(place, response.content, self.operator, asked)
        answer = decode(response.content, place)
        for key in _MUST_HAVE.get(path.rpartition(":")[2], ()):
            answer[key]
        return answer


_READS = frozenset({"list", "getIamPolicy", "testIamPermissions", "generateAccessToken", "tokeninfo"})
_NOT_CONNECTED = ("NewConnectionError", "NameResolutionError")
_MUST_HAVE = {"getIamPolicy": ("etag",)}
"""Values without which an answer must not be used: without its etag, a policy would overwrite those of others."""


def _only_reads(method: str, path: str) -> bool:
    """Return whether a call changes nothing, so that it can be repeated."""
    return method == "GET" or path.replace(":", "/").rpartition("/")[2] in _READS


def _never_sent(error: Exception) -> bool:
    """Return whether the request did not reach the cloud, since there was no connection."""
    from requests import exceptions as http

    cause = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(error, http.ConnectTimeout) or type(cause).__name__ in (
        "NewConnectionError",
        "NameResolutionError",
    )


def refusal(
    place: Source,
    content: bytes,
    operator: google_credentials.OperatorCredentials,
    retry_after: float = 0.0,
) -> CloudError:
    """Return the CloudError for an answer of a Google API with an error status; `content` is the body of the answer.

    `operator` is what the call was made with. `retry_after` is in seconds.
    """
    status = place.status or 0
    place = replace(place, lost=place.lost and status in AFTER_THE_EFFECT)
    try:
        error = decode(content, place).get("error", {})
        message, reason = error.get("message", ""), error.get("status", "")
        details = tuple(detail for detail in error.get("details", ()) if isinstance(detail, dict))
    except Unreadable as unreadable:
        unreadable.retry_after = retry_after
        return unreadable
    if status == 401:
        return google_credentials.refused(operator, message)
    transient = is_transient(status)
    return CloudError(
        place.service,
        place.operation,
        status,
        reason or str(status),
        message or "no message",
        "",
        transient,
        details,
        place.lost,
        retry_after,
    )
