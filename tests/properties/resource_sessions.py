"""Policies of resources in memory, as their APIs have them: IAM policies, those of Cloud Storage, lists of datasets."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from tests.properties.allow_policy import Entry, Stored, condition_text
from tests.properties.tried import Json
from wizard.clouds.answers import Source, decode
from wizard.clouds.errors import CloudError
from wizard.clouds.google import Google
from wizard.setup.resource_types import ResourceName

_STORED_ROLES = {
    "roles/bigquery.dataOwner": "OWNER",
    "roles/bigquery.dataEditor": "WRITER",
    "roles/bigquery.dataViewer": "READER",
}
"""The form in which BigQuery returns a role, whichever form was written."""
_FULL_ROLES = {short: role for role, short in _STORED_ROLES.items()}


class StoredDataset(Stored):
    """A dataset with its access list. BigQuery checks If-Match, and writes roles and members in its own form."""

    stale = (412, "conditionNotMet")

    @staticmethod
    def entries(policy: Json) -> Counter[Entry]:
        found: Counter[Entry] = Counter()
        for entry in policy.get("access") or ():
            if is_grant(entry):
                role = str(entry["role"])
                found[_FULL_ROLES.get(role, role), _who(entry), condition_text(entry)] += 1
        return found

    @classmethod
    def rest(cls, policy: Json, without: set[Entry]) -> Json:
        kept = [entry for entry in policy.get("access") or () if not set(cls.entries({"access": [entry]})) & without]
        return {**policy, "access": [canonical(entry) for entry in kept]}

    def patch(self, body: Json, etag: str) -> Json:
        """Answer datasets.patch: only the fields that the body has are replaced."""
        assert set(body) == {"access"}, "a patch must not touch other fields"
        after = {**self.policy, "access": [canonical(entry) for entry in body["access"]]}
        return self.write({**after, "etag": etag})


def is_grant(entry: Json) -> bool:
    """Return whether an entry of an access list gives a role to a member; others authorize views, for example."""
    return bool(entry.get("role")) and any(key in entry for key in _KINDS)


def canonical(entry: Json) -> Json:
    """Return an entry as BigQuery returns it."""
    result = copy.deepcopy(entry)
    if "role" in result:
        result["role"] = _STORED_ROLES.get(result["role"], result["role"])
    kind, _, who = str(result.get("iamMember", "")).partition(":")
    if kind in _EMAILS and "[" not in who:
        del result["iamMember"]
        result[_EMAILS[kind]] = who
    return result


_KINDS = ("userByEmail", "groupByEmail", "domain", "specialGroup", "iamMember")
_EMAILS = {"user": "userByEmail", "serviceAccount": "userByEmail", "group": "groupByEmail"}


def _who(entry: Json) -> str:
    """Return whom an entry names, as a member of a policy."""
    email = entry.get("userByEmail")
    if email:
        return f"{'serviceAccount' if email.endswith('gserviceaccount.com') else 'user'}:{email}"
    if entry.get("groupByEmail"):
        return f"group:{entry['groupByEmail']}"
    if entry.get("domain"):
        return f"domain:{entry['domain']}"
    return str(entry.get("iamMember") or entry["specialGroup"])


class ResourceSession(Google):
    """Answers for the policy of one resource, and refuses everything else. All reads ask for version 3."""

    def __init__(self, stored: Stored, on: ResourceName) -> None:
        self._stored, self._on = stored, on
        answers = {"resource": self._resource, "storage": self._storage, "dataset": self._dataset}
        self._answer = answers[on.type.shape]

    def call(
        self,
        api: str,
        method: str,
        path: str,
        body: Json | None = None,
        query: Mapping[str, Any] | None = None,
        retry_for: float = 0.0,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        del retry_for
        answer = self._answer(method, path, body or {}, dict(query or {}), dict(headers or {}))
        if api != self._on.type.api or answer is None:
            raise CloudError(api, f"{method} {path}", 403, "PERMISSION_DENIED", "Permission denied")
        return decode(json.dumps(answer), Source(api, path, "host"))

    def _resource(self, method: str, path: str, body: Json, query: Json, headers: Json) -> Json | None:
        del headers
        if self._on.name not in path:
            return None
        if path.endswith(":getIamPolicy"):
            assert method == self._on.type.reads_with
            asked = query.get("options.requestedPolicyVersion") or body["options"]["requestedPolicyVersion"]
            assert int(asked) == 3, "older versions hide conditions"
            return self._stored.read()
        return self._stored.write(body["policy"]) if path.endswith(":setIamPolicy") else None

    def _storage(self, method: str, path: str, body: Json, query: Json, headers: Json) -> Json | None:
        del headers
        if method == "GET" and path.endswith("/iam"):
            assert query == {"optionsRequestedPolicyVersion": "3"}, "older versions hide conditions"
            return self._stored.read()
        if method == "PUT" and path.endswith("/iam"):
            return self._stored.write(body)
        uniform = {"iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}}}
        return uniform if query.get("fields") == "iamConfiguration" else None

    def _dataset(self, method: str, path: str, body: Json, query: Json, headers: Json) -> Json | None:
        if path != f"/{self._on.name}":
            return None
        assert isinstance(self._stored, StoredDataset)
        assert query == {"accessPolicyVersion": "3"}, "older versions hide conditions"
        if method == "GET":
            return self._stored.read()
        assert method == "PATCH"
        return self._stored.patch(body, headers["If-Match"])


def resource_clouds(stored: Stored, on: ResourceName) -> Any:
    """Return sessions that have only the policy of a resource."""
    session = ResourceSession(stored, on)
    return SimpleNamespace(environ={}, projects={}, google=session, google_iam=None, aws=None)
