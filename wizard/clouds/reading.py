"""Sessions that share their reads, in three ways.

`plan` reads each fact once. `apply` always reads again what it verifies: it shares a read among changes that ask for it
at the same time, and the reads before a write with that write, which the etag makes safe.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wizard.clouds.errors import CloudError
from wizard.clouds.google import Google, Json
from wizard.clouds.google_credentials import OperatorCredentials
from wizard.clouds.google_iam import GoogleIam
from wizard.clouds.pacing import Pacer
from wizard.clouds.retrying import RETRY_FOR
from wizard.clouds.session import Clouds
from wizard.clouds.shared_reads import ReadsBeforeWrite, ReadsInFlight, SharedReads
from wizard.federation.gke import ClusterName
from wizard.secret import Secret

if TYPE_CHECKING:
    from wizard.clouds.kubernetes import Kubernetes

_READS = re.compile(r":(list|(get|list|query|search|test)[A-Z]\w*)$")
"""The end of a path that reads although its method is POST, such as `:getIamPolicy`."""


class ReadingClouds(Clouds):
    """The sessions of `clouds`, which share the answers to their reads. A write through them drops these answers.

    `reads` decides how long an answer is shared: until a write, if it is not given.
    """

    def __init__(self, clouds: Clouds, reads: SharedReads | None = None) -> None:
        super().__init__("-", environ=clouds.environ)
        self._clouds = clouds
        self.projects = clouds.projects
        self._reads = reads or SharedReads()
        self.google = _ReadingGoogle(clouds.google, self._reads)

    @property
    def shared(self) -> SharedReads:
        """The answers that are shared."""
        return self._reads

    @cached_property
    def google_iam(self) -> GoogleIam:
        return _ReadingIam(self._clouds.google_iam, self._reads)

    @property
    def aws(self) -> Any:
        return self._clouds.aws

    def kubernetes(self, cluster: ClusterName) -> Kubernetes:
        from wizard.clouds.reading_kubernetes import ReadingKubernetes

        with self._lock:
            if cluster not in self._clusters:
                self._clusters[cluster] = ReadingKubernetes(self._clouds.kubernetes(cluster), self._reads)
            return self._clusters[cluster]


def in_flight(clouds: Clouds) -> ReadingClouds:
    """Return sessions for changes that run side by side: they share a read while it is running."""
    return ReadingClouds(clouds, ReadsInFlight())


@contextmanager
def before_write(clouds: Clouds) -> Iterator[ReadingClouds]:
    """Give sessions for one change: the write is based on what was read for it, without reading that again.

    They share reads until the first write, and not after the context has ended: an operation is polled through them.
    """
    reads = ReadsBeforeWrite()
    try:
        yield ReadingClouds(clouds, reads)
    finally:
        reads.drop()


class _ReadingGoogle(Google):
    def __init__(self, google: Google, reads: SharedReads) -> None:
        self._google, self._reads = google, reads

    @property
    def operator(self) -> OperatorCredentials:
        return self._google.operator

    @property
    def pacer(self) -> Pacer:
        return self._google.pacer

    @property
    def quota_project(self) -> str:
        return self._google.quota_project

    def url(self, api: str, path: str) -> str:
        return self._google.url(api, path)

    def token(self) -> Secret:
        return self._google.token()

    def call(
        self,
        api: str,
        method: str,
        path: str,
        body: Json | None = None,
        query: Mapping[str, Any] | None = None,
        retry_for: float = RETRY_FOR,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        def call() -> Json:
            return self._google.call(api, method, path, body, query, retry_for, headers)

        if method == "GET" or _READS.search(path):
            return self._reads.once((api, method, path, json.dumps([body, query])), call)
        self._reads.drop()
        return call()


class _ReadingIam(GoogleIam):
    """Asks for the list of service accounts instead of each, if several of a project were announced."""

    def __init__(self, iam: GoogleIam, reads: SharedReads) -> None:
        self._iam, self._reads = iam, reads
        self._announced: dict[str, set[str]] = defaultdict(set)

    def announce(self, project: str, email: str) -> None:
        self._announced[project].add(email)

    def get_service_account(self, project: str, email: str) -> Json:
        listed, complete = self._accounts(project)
        if email in listed:
            return listed[email]
        if complete:
            raise _missing(project, email)
        key = ("service account", project, email)
        return self._reads.once(key, lambda: self._iam.get_service_account(project, email))

    def get_policy(self, project: str, email: str) -> Json:
        listed, complete = self._accounts(project)
        if complete and email not in listed:
            raise _missing(project, email)
        return self._reads.once(("policy", project, email), lambda: self._iam.get_policy(project, email))

    def list_service_accounts(self, project: str, page_token: str = "", retry_for: float = RETRY_FOR) -> Json:
        if retry_for != RETRY_FOR:
            return self._iam.list_service_accounts(project, page_token, retry_for)
        return self._page(project, page_token)

    def _page(self, project: str, token: str) -> Json:
        key = ("page of service accounts", project, token)
        return self._reads.once(key, lambda: self._iam.list_service_accounts(project, token))

    def _call(self, method: str, request: Json, retry_for: float = RETRY_FOR) -> Json:
        """Make any other call, which may be a write."""
        self._reads.drop()
        return self._iam._call(method, request, retry_for)

    def _accounts(self, project: str) -> tuple[dict[str, Json], bool]:
        """Return the listed accounts by email, and whether the list is complete."""
        if len(self._announced[project]) < 2:
            return {}, False
        return self._reads.once(("service accounts", project), lambda: self._list(project))

    def _list(self, project: str) -> tuple[dict[str, Json], bool]:
        """Read at most as many pages as there are announced accounts. Missing permission to list is not an error."""
        listed: dict[str, Json] = {}
        token = ""
        for _ in self._announced[project]:
            try:
                page = self._page(project, token)
            except CloudError as error:
                if error.status == 403 and error.service_disabled is None:
                    return listed, False
                raise
            listed |= {account["email"]: account for account in page.get("accounts", ())}
            token = page.get("nextPageToken", "")
            if not token:
                return listed, True
        return listed, False


def _missing(project: str, email: str) -> CloudError:
    what = f"{email} is not in the list of service accounts of {project}"
    return CloudError("iam.googleapis.com", "list_service_accounts", 404, "NOT_FOUND", what)
