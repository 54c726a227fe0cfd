"""Roles on a project and on a service account: added to a policy that belongs to everyone."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.resources.writing import action, change_of, write
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import principal_set
from wizard.resources.grants import ProjectGrants, ServiceAccountGrants
from wizard.resources.kind import Needed

Policy = dict[str, Any]

PROJECT, EMAIL = "acme-analytics", "loader@acme-analytics.iam.gserviceaccount.com"
USER, EDITOR, VIEWER = "roles/bigquery.jobUser", "roles/bigquery.dataEditor", "roles/bigquery.dataViewer"
IMPERSONATE = "roles/iam.workloadIdentityUser"
LOADER = f"serviceAccount:{EMAIL}"
NIGHTLY = "serviceAccount:nightly@acme-analytics.iam.gserviceaccount.com"
OPERATOR = "user:operator@acme.example"


def principal(role: str, pool: str = "aws-prod") -> str:
    """Every session of an AWS role."""
    return principal_set(PoolName("123456789012", pool), "aws_role", f"arn:aws:sts::111122223333:assumed-role/{role}")


def project_policy(clouds: Clouds) -> Policy:
    """The project's policy now."""
    body = {"options": {"requestedPolicyVersion": 3}}
    return clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{PROJECT}:getIamPolicy", body)


def on_project(**grants: str) -> ProjectGrants:
    """A role for one member, by keywords: `user`, `editor`, `viewer`."""
    names = {"user": USER, "editor": EDITOR, "viewer": VIEWER}
    return ProjectGrants(PROJECT, {names[name]: (member,) for name, member in grants.items()})


def on_account(*members: str, email: str = EMAIL) -> ServiceAccountGrants:
    """The right to impersonate a service account."""
    return ServiceAccountGrants(PROJECT, {IMPERSONATE: members}, email=email)


def interrupted(function: Callable[..., Policy], by: Callable[[], object], matches: str) -> Callable[..., Policy]:
    """The function, after whose first call with such a path (or at all) somebody else comes in between."""
    left = [by]

    def call(*arguments: Any, **more: Any) -> Policy:
        answer = function(*arguments, **more)
        if left and matches in " ".join(map(str, arguments)):
            left.pop()()
        return answer

    return call


def test_a_grant_on_a_project_is_added_and_everyone_elses_stays(clouds: Clouds) -> None:
    before = project_policy(clouds)["bindings"]
    wanted = on_project(user=principal("one"), editor=principal("one"))
    assert write(wanted, clouds).action == "update"
    after = project_policy(clouds)["bindings"]
    for binding in before:
        same = [each for each in after if (each["role"], each.get("condition")) == _kind(binding)]
        assert len(same) == 1
        assert set(binding["members"]) <= set(same[0]["members"])
    assert action(wanted, clouds) == "none"


def _kind(binding: Policy) -> tuple[str, object]:
    return binding["role"], binding.get("condition")


def test_a_member_whom_somebody_adds_to_the_project_meanwhile_stays(
    clouds: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = Clouds(PROJECT, environ=clouds.environ)
    theirs, ours = on_project(viewer=NIGHTLY), on_project(viewer=principal("two"))
    reviewed = change_of(ours, clouds)
    call = interrupted(clouds.google.call, lambda: theirs.create(others), ":getIamPolicy")
    monkeypatch.setattr(clouds.google, "call", call)
    ours.update(clouds, reviewed)
    assert (action(theirs, others), action(ours, others)) == ("none", "none")


def test_a_member_whom_somebody_adds_to_the_account_meanwhile_stays(
    clouds: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = Clouds(PROJECT, environ=clouds.environ)
    theirs, ours = on_account(NIGHTLY), on_account(principal("three"))
    reviewed = change_of(ours, clouds)
    get_policy = interrupted(clouds.google_iam.get_policy, lambda: theirs.create(others), "")
    monkeypatch.setattr(clouds.google_iam, "get_policy", get_policy)
    ours.update(clouds, reviewed)
    assert action(on_account(OPERATOR, NIGHTLY, principal("three")), others) == "none"


def test_a_grant_on_an_account_is_added_and_everyone_elses_stays(clouds: Clouds) -> None:
    wanted = on_account(principal("four"))
    assert write(wanted, clouds).action == "update"
    assert action(on_account(OPERATOR, principal("four")), clouds) == "none"


def test_a_condition_in_the_policy_of_an_account_stays(clouds: Clouds) -> None:
    email = EMAIL.replace("loader", "conditional")
    (before,) = clouds.google_iam.get_policy(PROJECT, email)["bindings"]
    assert before["condition"]["title"] == "until spring"
    write(on_account(principal("five"), email=email), clouds)
    after = clouds.google_iam.get_policy(PROJECT, email)["bindings"]
    assert before in after
    (plain,) = [each for each in after if "condition" not in each]
    assert plain["members"] == [principal("five")]


def test_an_account_that_is_not_there_is_nothing_yet(clouds: Clouds) -> None:
    wanted = on_account(principal("one"), email="nobody@acme-analytics.iam.gserviceaccount.com")
    assert change_of(wanted, clouds).action == "create"
    with pytest.raises(CloudError) as missing:
        wanted.create(clouds)
    assert missing.value.status == 404
    assert wanted.not_yet(missing.value)


def test_a_member_that_is_not_there_yet_is_waited_for(clouds: Clouds) -> None:
    for wanted in (on_project(user=principal("one", pool="not-there")), on_account(principal("one", pool="not-there"))):
        with pytest.raises(CloudError, match="does not exist") as early:
            wanted.create(clouds)
        assert early.value.status == 400
        assert wanted.not_yet(early.value)


def test_a_role_that_cannot_be_granted_is_not_waited_for(clouds: Clouds) -> None:
    wanted = ProjectGrants(PROJECT, {f"projects/{PROJECT}/roles/notThere": (NIGHTLY,)})
    with pytest.raises(CloudError) as refused:
        wanted.create(clouds)
    assert refused.value.status == 400
    assert not wanted.not_yet(refused.value)


def test_a_refusal_is_told_in_googles_words(clouds: Clouds) -> None:
    wanted = ProjectGrants("acme-ledger", {USER: (NIGHTLY,)})
    with pytest.raises(CloudError) as refused:
        wanted.create(clouds)
    assert (refused.value.status, refused.value.reason) == (403, "PERMISSION_DENIED")
    assert not wanted.not_yet(refused.value)
    assert wanted.unreadable(refused.value) is None


def test_where_the_api_is_off_nothing_can_be_read_yet(clouds: Clouds) -> None:
    new = Clouds("acme-new", environ=clouds.environ)
    for wanted, name in (
        (ProjectGrants("acme-new", {USER: (NIGHTLY,)}), "cloudresourcemanager"),
        (ServiceAccountGrants("acme-new", {IMPERSONATE: (NIGHTLY,)}, email=EMAIL), "iam"),
    ):
        with pytest.raises(CloudError) as off:
            wanted.read(new)
        assert wanted.unreadable(off.value) == f"the API {name}.googleapis.com is not enabled yet"
        assert wanted.not_yet(off.value)


def test_only_what_is_missing_is_in_the_commands() -> None:
    wanted = ProjectGrants(PROJECT, {USER: (LOADER, NIGHTLY), EDITOR: (NIGHTLY,)})
    change = Change(wanted, {USER: [LOADER]}, wanted.desired())
    assert wanted.commands(change) == [
        f"gcloud projects add-iam-policy-binding {PROJECT} --role={role} --member={NIGHTLY} --condition=None"
        for role in (USER, EDITOR)
    ]
    assert wanted.permissions(change) == [Needed("google", "resourcemanager.projects.setIamPolicy", PROJECT)]


def test_the_command_for_an_account() -> None:
    wanted = on_account(NIGHTLY)
    change = Change(wanted, None, wanted.desired())
    assert wanted.commands(change) == [
        f"gcloud iam service-accounts add-iam-policy-binding {EMAIL} --project={PROJECT} "
        f"--role={IMPERSONATE} --member={NIGHTLY} --condition=None"
    ]
    assert wanted.permissions(change) == [Needed("google", "iam.serviceAccounts.setIamPolicy", PROJECT)]
