"""The targets of a live test: which calls choose the permissions, in which order, and how many at once."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from wizard.chain.project_policy import Binding
from wizard.chain.target import Target
from wizard.clouds.errors import CloudError
from wizard.modes.live_targets import AT_ONCE, TargetReader

ME = "serviceAccount:loader@acme-analytics.iam.gserviceaccount.com"
CUSTOM = "projects/acme/roles/loader"


class FakeGoogle:
    """Google's APIs, as far as targets need them: roles, a policy for every project, and what projects can test."""

    def __init__(
        self, roles: dict[str, list[str]], testable: list[str], bindings: Any = (), named: bool = True
    ) -> None:
        self.roles, self.testable, self.bindings, self.named = roles, testable, list(bindings), named
        self.ancestors: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.most_at_once = self._now = 0
        self._lock = threading.Lock()

    def call(self, _api: str, _method: str, path: str, body: Any = None, **_: Any) -> dict[str, Any]:
        """One call; the calls at the same time are counted."""
        with self._lock:
            self.calls.append(path.rsplit(":", 1)[-1])
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            return self._answer(path, body or {})
        finally:
            with self._lock:
                self._now -= 1

    def _answer(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if path.endswith(":getIamPolicy"):
            return {"bindings": self.bindings}
        if path.endswith(":getAncestry"):
            return {"ancestor": self.ancestors}
        if path.endswith(":queryTestablePermissions"):
            start = int(body.get("pageToken", 0))
            page = {"permissions": [{"name": name} for name in self.testable[start : start + 2]]}
            return {**page, "nextPageToken": str(start + 2)} if start + 2 < len(self.testable) else page
        if path.endswith(":testIamPermissions"):
            return self._test(body["permissions"])
        role = path.removeprefix("/v1/")
        if role not in self.roles:
            raise CloudError("iam", "get", 404, "NOT_FOUND", "no such role")
        return {"includedPermissions": self.roles[role]}

    def _test(self, permissions: list[str]) -> dict[str, Any]:
        assert len(permissions) <= 100
        for permission in permissions:
            if permission not in self.testable:
                words = f"Permission {permission} is not valid" if self.named else "invalid"
                raise CloudError("cloudresourcemanager", "test", 400, "INVALID_ARGUMENT", words)
        return {"permissions": permissions}


def read(google: FakeGoogle, *roles: str, project: str = "acme") -> Target:
    clouds: Any = SimpleNamespace(google=google, projects={})
    (target,) = TargetReader(clouds).targets({project: roles}, ME.__eq__)
    return target


def test_a_role_in_the_shipped_table_is_not_read() -> None:
    google = FakeGoogle({}, ["pubsub.topics.publish"])
    assert read(google, "roles/pubsub.publisher").roles[0].tested == ("pubsub.topics.publish",)
    assert sorted(google.calls) == ["getAncestry", "getIamPolicy", "testIamPermissions"]


def test_what_a_refusal_names_is_left_out_and_the_rest_is_asked_again() -> None:
    google = FakeGoogle({CUSTOM: ["a.b.get", "a.b.list", "a.c.use"]}, ["a.b.list"])
    assert read(google, CUSTOM).roles[0].tested == ("a.b.list",)
    assert google.calls.count("testIamPermissions") == 3
    assert "queryTestablePermissions" not in google.calls


@pytest.mark.parametrize("named", [True, False])
def test_all_testable_permissions_are_read_only_where_refusals_do_not_tell_enough(named: bool) -> None:
    unknown = [f"a.b.get{number}" for number in range(20)]
    testable = ["a.z.use", "a.z.view", "other.x.get", "other.y.get", "other.z.get"]
    google = FakeGoogle({CUSTOM: [*unknown, "a.z.use", "a.z.view"]}, testable, named=named)
    assert read(google, CUSTOM).roles[0].tested == ("a.z.use", "a.z.view")
    assert google.calls.count("queryTestablePermissions") == 3, "in pages"
    assert google.calls.count("testIamPermissions") == (4 if named else 1)


def test_a_role_of_which_nothing_can_be_tested_has_nothing_to_test() -> None:
    google = FakeGoogle({CUSTOM: ["billing.accounts.get"]}, [])
    role = read(google, CUSTOM).roles[0]
    assert (role.tested, role.untested, role.gone) == ((), "", "")


def test_a_role_that_does_not_exist_is_gone() -> None:
    assert read(FakeGoogle({}, []), "roles/no.such").roles[0].gone == "absent"


def test_a_role_that_may_not_be_read_says_so() -> None:
    class Forbidden(FakeGoogle):
        def _answer(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
            if "/roles/" in path:
                raise CloudError("iam", "get", 403, "PERMISSION_DENIED", "no")
            return super()._answer(path, body)

    role = read(Forbidden({}, []), CUSTOM).roles[0]
    assert role.untested == "the wizard could not read the permissions of the role (PERMISSION_DENIED: no)"


def test_other_roles_that_the_workload_has_are_known_with_what_they_share() -> None:
    bindings = [
        {"role": "roles/other.role", "members": [ME]},
        {"role": "roles/someone.elses", "members": ["user:a@b.c"]},
    ]
    roles = {CUSTOM: ["a.b.get", "a.b.list"], "roles/other.role": ["a.b.get", "a.b.list", "a.b.use"]}
    target = read(FakeGoogle(roles, ["a.b.get", "a.b.list", "a.b.use"], bindings), CUSTOM)
    assert target.roles[0].shared == {"roles/other.role": frozenset({"a.b.get", "a.b.list"})}
    assert target.roles[0].within == ("roles/other.role",)


def test_inherited_policies_count_and_those_that_cannot_be_read_are_named() -> None:
    class Above(FakeGoogle):
        def _answer(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
            if path.startswith("/v3/folders/1:"):
                return {"bindings": [{"role": CUSTOM, "members": [ME]}]}
            if path.startswith("/v3/organizations/2:"):
                raise CloudError("cloudresourcemanager", "get", 403, "PERMISSION_DENIED", "no")
            return super()._answer(path, body)

    google = Above({CUSTOM: []}, [])
    google.ancestors = [
        {"resourceId": {"type": kind, "id": name}} for kind, name in (("folder", "1"), ("organization", "2"))
    ]
    policy = read(google, CUSTOM).policy
    assert policy is not None
    assert (policy.bindings, policy.unread) == ((Binding(CUSTOM, (ME,)),), "organizations/2")


def test_many_projects_are_read_side_by_side_and_each_role_once() -> None:
    started = threading.Barrier(8, timeout=20)

    class Waits(FakeGoogle):
        def _answer(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
            if path.endswith(":getIamPolicy") and int(path.split("/p")[-1].split(":")[0]) < 8:
                started.wait()  # until as many projects are read at the same time
            return super()._answer(path, body)

    google = Waits({CUSTOM: ["a.b.get"]}, ["a.b.get"])
    clouds: Any = SimpleNamespace(google=google, projects={})
    wanted = {f"p{number}": [CUSTOM] for number in range(50)}
    targets = TargetReader(clouds).targets(wanted, ME.__eq__)
    assert [target.project for target in targets] == list(wanted)
    assert all(target.permissions == ["a.b.get"] for target in targets)
    assert 8 <= google.most_at_once <= AT_ONCE
    assert sum("/roles/" in call for call in google.calls) == 1
