"""Allow policies in memory: with an etag, with other writers, and with a check of everything that the wizard writes."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from tests.properties.tried import Foreign, Harm, Json
from wizard.clouds.answers import Source, decode
from wizard.clouds.errors import CloudError
from wizard.clouds.google import Google
from wizard.clouds.google_iam import GoogleIam

MOST_MEMBERS = 1500
"""The limit of Google Cloud on the principals of one policy."""

Entry = tuple[str, str, str]
"""A role, a member, and the condition of the binding as text; empty without a condition."""


def entries(policy: Json) -> Counter[Entry]:
    """Return how often a policy has each grant."""
    found: Counter[Entry] = Counter()
    for binding in policy.get("bindings") or ():
        condition = condition_text(binding)
        found.update((binding["role"], member, condition) for member in binding.get("members") or ())
    return found


def condition_text(binding: Json) -> str:
    """Return the condition of a binding as text; an absent title is the same as an empty one."""
    condition = {key: value for key, value in (binding.get("condition") or {}).items() if value}
    return json.dumps(condition, sort_keys=True) if condition else ""


class Stored:
    """One policy. Each write of the wizard is compared with what was there."""

    stale = (409, "ABORTED")
    """How the API refuses a write with a stale etag."""

    def __init__(self, policy: Json, wanted: Mapping[str, tuple[str, ...]], foreign: Foreign) -> None:
        self.policy = copy.deepcopy(policy)
        self.start = self.entries(policy)
        self.harm = Harm()
        self.added: set[Entry] = set()
        """What the wizard added and has not removed."""
        self.reverting = False
        self.conflicts = 0
        self._wanted = {(role, member, "") for role, members in wanted.items() for member in members}
        self._foreign = foreign
        self._etag = 0

    @staticmethod
    def entries(policy: Json) -> Counter[Entry]:
        """Return how often a policy has each grant."""
        return entries(policy)

    @classmethod
    def rest(cls, policy: Json, without: set[Entry]) -> Json:
        """Return a policy without these grants, and without what a write may change."""
        return _rest(policy, without)

    def read(self) -> Json:
        """Answer getIamPolicy."""
        self._foreign.act()
        return copy.deepcopy(self.policy) | {"etag": self._text()}

    def write(self, policy: Json) -> Json:
        """Answer setIamPolicy. Raises CloudError for a stale etag, and for too many members."""
        self._foreign.act()
        if policy.get("etag") != self._text():
            self.conflicts += 1
            raise CloudError("crm", "setIamPolicy", *self.stale, "There were concurrent policy changes.")
        if sum(self.entries(policy).values()) > MOST_MEMBERS:
            raise CloudError("crm", "setIamPolicy", 400, "INVALID_ARGUMENT", "too many principals")
        new = {key: value for key, value in policy.items() if key != "etag"}
        self._compare(self.policy, new)
        self.policy = copy.deepcopy(new)
        self._etag += 1
        return self.read()

    def change(self, edit: Callable[[Json], None]) -> Callable[[], None]:
        """Return what another writer does: it edits the policy, with a new etag."""

        def act() -> None:
            edit(self.policy)
            self._etag += 1

        return act

    def _text(self) -> str:
        return f"BwX{self._etag:05d}"

    def _compare(self, old: Json, new: Json) -> None:
        before, after = self.entries(old), self.entries(new)
        gone = {entry for entry in before if not after[entry]}
        came = {entry for entry in after if not before[entry]}
        self._judge_gone(gone - (self.added if self.reverting else set()))
        unwanted = came if self.reverting else came - self._wanted
        self.harm.other += [f"the wizard granted {entry}" for entry in unwanted]
        self.harm.twice += [f"{entry} is there once more" for entry in before if after[entry] > before[entry]]
        self.harm.twice += [f"{entry} is there more than once" for entry in came if after[entry] > 1]
        self.added = (self.added | came) - gone
        if self.rest(old, gone) != self.rest(new, came):
            self.harm.other.append(f"the wizard wrote {new} over {old}")

    def _judge_gone(self, gone: set[Entry]) -> None:
        for entry in gone:
            harm = self.harm.lost if self.start[entry] else self.harm.foreign_lost
            harm.append(f"the wizard removed {entry}")


def _rest(policy: Json, without: set[Entry]) -> Json:
    """Return a policy without these grants, and without what a write may change: the version, and empty bindings.

    An absent list is the same as an empty one.
    """
    result = {key: value for key, value in policy.items() if key != "version"}
    bindings = []
    for binding in policy.get("bindings") or ():
        condition = condition_text(binding)
        stored = binding.get("members") or []
        members = [member for member in stored if (binding["role"], member, condition) not in without]
        if members:
            bindings.append({**binding, "members": members, "condition": condition})
    return {**result, "bindings": bindings}


class ProjectSession(Google):
    """Answers for the policy of one project, and refuses everything else."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored

    def call(self, api: str, method: str, path: str, body: Json | None = None, *_: Any, **__: Any) -> Json:
        if path.startswith("/v1/projects/") and path.endswith(":getIamPolicy"):
            assert body == {"options": {"requestedPolicyVersion": 3}}, "older versions hide conditions"
            return decode(json.dumps(self._stored.read()), Source(api, path, "host"))
        if path.startswith("/v1/projects/") and path.endswith(":setIamPolicy"):
            assert body is not None
            return self._stored.write(body["policy"])
        raise CloudError(api, f"{method} {path}", 403, "PERMISSION_DENIED", "Permission denied")


class AccountSession(GoogleIam):
    """Answers for the policy of one service account: with the messages of gRPC, as the real session does."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored

    def _call(self, method: str, request: Json, retry_for: float = 0.0) -> Json:
        del retry_for
        if method == "get_iam_policy":
            assert request["options"] == {"requested_policy_version": 3}, "older versions hide conditions"
            return as_message(self._stored.read())
        assert method == "set_iam_policy", method
        from google.protobuf import json_format

        return as_message(self._stored.write(json_format.MessageToDict(request["policy"])))


def as_message(policy: Json) -> Json:
    """Return a policy as the messages of gRPC have it: without empty fields, and with no others than they know."""
    from google.iam.v1 import policy_pb2
    from google.protobuf import json_format

    return dict(json_format.MessageToDict(json_format.ParseDict(policy, policy_pb2.Policy())))


class _NoProject(Google):
    """Refuses every call: the operator may only see the service account."""

    def __init__(self) -> None:
        pass

    def call(self, api: str, method: str, path: str, *_: Any, **__: Any) -> Json:
        raise CloudError(api, f"{method} {path}", 403, "PERMISSION_DENIED", "Permission denied")


def project_clouds(stored: Stored) -> Any:
    """Return sessions that have only the policy of a project."""
    return SimpleNamespace(environ={}, projects={}, google=ProjectSession(stored), google_iam=None, aws=None)


def account_clouds(stored: Stored) -> Any:
    """Return sessions that have only the policy of a service account."""
    return SimpleNamespace(environ={}, projects={}, google=_NoProject(), google_iam=AccountSession(stored), aws=None)
