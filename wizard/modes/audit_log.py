"""When roles were granted, by whatever tool: as the audit logs of Google Cloud tell it.

Source: Cloud Logging API reference, `entries.list`, and the audit logs of `SetIamPolicy`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from wizard.clouds.errors import CloudError, unreadable
from wizard.clouds.session import Clouds
from wizard.language import _

WINDOW = timedelta(minutes=15)
"""How far back the log is read."""

_POLICY_CHANGES = (
    'log_id("cloudaudit.googleapis.com/activity") AND protoPayload.methodName:"SetIamPolicy" AND '
    'resource.type=("project" OR "service_account") AND timestamp>="{since}"'
)
_PAGE_SIZE, _PAGES = 500, 4


class TooLong(Exception):  # noqa: N818 (the log, not an error of a cloud)
    """A log has more changes of policies than are read."""


@dataclass(frozen=True)
class AuditedGrant:
    """One role that a member got. `on` is the ID of a project, or the email address of a service account."""

    project: str
    on: str
    role: str
    member: str
    made: datetime


class AuditLog:
    """The audit logs of projects: each is read once, when it is first needed."""

    def __init__(self, clouds: Clouds, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clouds, self._now = clouds, now
        self._lock = threading.Lock()
        self._read: dict[str, list[AuditedGrant] | CloudError | TooLong] = {}

    def newest(
        self, project: str, wanted: Collection[tuple[str, str]], is_holder: Callable[[str], bool]
    ) -> AuditedGrant | None:
        """Return the newest grant of a wanted role to a holder in the last 15 minutes; None if there is none.

        `wanted` has roles, each with what it is on. Raises CloudError and TooLong.
        """
        with self._lock:
            if project not in self._read:
                self._read[project] = self._grants(project)
            found = self._read[project]
        if isinstance(found, Exception):
            raise found
        ours = [each for each in found if (each.role, each.on) in wanted and is_holder(each.member)]
        return max(ours, key=lambda grant: grant.made, default=None)

    def _grants(self, project: str) -> list[AuditedGrant] | CloudError | TooLong:
        since = (self._now() - WINDOW).strftime("%Y-%m-%dT%H:%M:%SZ")
        body: dict[str, Any] = {
            "resourceNames": [f"projects/{project}"],
            "filter": _POLICY_CHANGES.format(since=since),
            "orderBy": "timestamp desc",
            "pageSize": _PAGE_SIZE,
        }
        grants: list[AuditedGrant] = []
        for _page in range(_PAGES):
            try:
                answer = self._clouds.google.call("logging", "POST", "/v2/entries:list", body)
                for entry in answer.get("entries", ()):
                    grants += _granted(project, entry)
            except CloudError as error:
                return error
            except ValueError:
                what = _("a timestamp is not valid")
                return unreadable(
                    "logging.googleapis.com", "POST /v2/entries:list", "logging.googleapis.com", 200, what
                )
            if not answer.get("nextPageToken"):  # a page can be empty although more follow
                return grants
            body["pageToken"] = answer["nextPageToken"]
        return TooLong(project)


def _granted(project: str, entry: dict[str, Any]) -> Iterator[AuditedGrant]:
    """Yield what an entry says was granted without a condition; nothing for a call that Google Cloud refused."""
    payload, resource = entry.get("protoPayload", {}), entry.get("resource", {})
    if payload.get("status", {}).get("code"):
        return
    on = project if resource.get("type") == "project" else resource.get("labels", {}).get("email_id", "")
    made = datetime.fromisoformat(entry["timestamp"])
    for delta in payload.get("serviceData", {}).get("policyDelta", {}).get("bindingDeltas", ()):
        if delta.get("action") == "ADD" and not delta.get("condition"):
            yield AuditedGrant(project, on, str(delta.get("role")), str(delta.get("member")), made)
