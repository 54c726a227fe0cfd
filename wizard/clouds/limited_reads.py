"""Reads of the APIs of IAM that allow few reads a minute: as many as they allow, each only once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from wizard.clouds import pacing
from wizard.clouds.errors import CloudError
from wizard.clouds.google import EncodedPath, Google, Json
from wizard.language import _

_RETRY_FOR = 3.0
"""Seconds. Nothing depends on these reads."""


class LimitedReads:
    """Reads as the operator, as long as no read has to wait."""

    def __init__(self, google: Google) -> None:
        self._google = google
        self._answers: dict[tuple[str, tuple[tuple[str, str], ...]], Json | CloudError] = {}

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Json:
        """Return what is at a path, such as /v2/policies/..., whose names are encoded. Raises CloudError.

        The error has the reason "LIMIT" for a read that would be too many.
        """
        key = (path, tuple(sorted((query or {}).items())))
        if key not in self._answers:
            self._answers[key] = self._read(path, query)
        answer = self._answers[key]
        if isinstance(answer, CloudError):
            raise answer
        return answer

    def pages(self, path: str, key: str, query: Mapping[str, str] | None = None) -> Iterator[Json]:
        """Yield the items of a list, whose pages have them under a key. Raises CloudError as `get`."""
        token = ""
        while True:
            answer = self.get(path, {**(query or {}), **({"pageToken": token} if token else {})})
            yield from answer.get(key, ())
            token = str(answer.get("nextPageToken", ""))
            if not token:
                return

    def _read(self, path: str, query: Mapping[str, str] | None) -> Json | CloudError:
        quota = pacing.of_google("iam", path, writes=False)
        if quota and self._google.pacer.would_wait(quota, self._google.quota_project):
            limit = _("not read, because Google Cloud allows only {count} reads of this kind per minute")
            text = limit.format(count=quota.a_minute)
            return CloudError("iam.googleapis.com", f"GET {path}", None, "LIMIT", text)
        try:
            return self._google.call("iam", "GET", EncodedPath(path), query=query, retry_for=_RETRY_FOR)
        except CloudError as error:
            asked = "&".join(f"{key}={value}" for key, value in (query or {}).items())
            return replace(error, operation=f"GET {path}?{asked}" if asked else f"GET {path}")
