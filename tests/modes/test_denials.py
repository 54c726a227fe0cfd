"""What the policies that deny access say about a refusal: what is sure, what is not known, and how much is read."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from wizard.clouds import pacing
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation import denials as principals
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity
from wizard.modes import denials
from wizard.modes.denials import Denial, Denials, Lacking

NUMBER, ORGANIZATION = "123456789012", "organizations/777777777777"
POOL = f"projects/{NUMBER}/locations/global/workloadIdentityPools/aws-prod"
MEMBER = f"principalSet://iam.googleapis.com/{POOL}/*"
IDENTITY = FederatedIdentity(PoolName(NUMBER, "aws-prod"), "job")
PERMISSION = "bigquery.jobs.create"
LACKING = denials.of_identity(IDENTITY, principals.federated(IDENTITY), (PERMISSION,), "projects/acme-analytics")
ON_PROJECT = "policies/cloudresourcemanager.googleapis.com%2Fprojects%2Facme-analytics/denypolicies"
ON_ORGANIZATION = "policies/cloudresourcemanager.googleapis.com%2Forganizations%2F777777777777/denypolicies"
BOUNDARY = f"{ORGANIZATION}/locations/global/principalAccessBoundaryPolicies/lake-only"
ACCESS_POLICY = f"{ORGANIZATION}/locations/global/accessPolicies/no-queries"


def forbidden(path: str) -> CloudError:
    return CloudError(
        "iam.googleapis.com", f"GET {path}", 403, "PERMISSION_DENIED", "The caller does not have permission"
    )


class FakeGoogle:
    """Answers what is at a path, for bindings at the target in the query; `{}` for what it does not have."""

    def __init__(self, answers: Mapping[str, Any], refused: tuple[str, ...] = ()) -> None:
        self.answers, self.refused, self.asked = answers, refused, list[str]()
        self.pacer, self.quota_project = pacing.Pacer(clock=lambda: 0.0, sleep=self.wait), "acme-analytics"

    def wait(self, seconds: float) -> None:
        raise AssertionError(f"waited for {seconds} seconds")

    def call(self, api: str, method: str, path: str, query: Mapping[str, str] | None = None, **_: object) -> Any:
        if api == "cloudresourcemanager":
            raise forbidden(path)
        assert (api, method) == ("iam", "GET")
        with self.pacer.call(pacing.of_google(api, path, writes=False), self.quota_project):
            place = (query or {}).get("target", path)
        self.asked.append(place)
        if place.startswith(self.refused or ("no",)):
            raise forbidden(path)
        token = (query or {}).get("pageToken", "")
        return self.answers.get(place + token, {})


class FakeClouds:
    def __init__(self, google: FakeGoogle, parent: str) -> None:
        found = {"type": "organization", "id": parent.partition("/")[2]} if parent else None
        self.google = google
        self.projects = {"acme-analytics": {"projectNumber": NUMBER, "parent": found}}


def find(
    answers: Mapping[str, Any], *, refused: tuple[str, ...] = (), parent: str = ORGANIZATION, lacking: Lacking = LACKING
) -> tuple[Denial, list[str]]:
    google = FakeGoogle(answers, refused)
    return Denials(cast(Clouds, FakeClouds(google, parent))).find(lacking), google.asked


def deny(names: str, **more: Any) -> dict[str, Any]:
    """Return the answers for one deny policy under a name, whose list has no rules."""
    rule = {"deniedPrincipals": [MEMBER], "deniedPermissions": ["bigquery.googleapis.com/jobs.*"], **more}
    policy = f"{names}/no-queries"
    return {f"/v2/{names}": {"policies": [{"name": policy}]}, f"/v2/{policy}": {"rules": [{"denyRule": rule}]}}


def bound(target: str, policy: str, **more: Any) -> dict[str, Any]:
    return {target: {"policyBindings": [{"policy": policy, "target": {}, **more}]}}


def boundary(*resources: str, version: str = "4") -> dict[str, Any]:
    rules = [{"effect": "ALLOW", "resources": [f"//cloudresourcemanager.googleapis.com/{each}" for each in resources]}]
    return {f"/v3/{BOUNDARY}": {"details": {"rules": rules, "enforcementVersion": version}}}


OF_POOL = bound(f"//iam.googleapis.com/{POOL}", BOUNDARY)


def test_a_rule_of_a_deny_policy_is_the_cause_and_nothing_more_is_read() -> None:
    found, asked = find(deny(ON_PROJECT))
    assert found.explanation
    assert found.explanation.code == "WIF0520"
    cause, fix = found.explanation.evidence[0], found.explanation.fix
    assert cause.startswith(
        "rule 1 of the deny policy no-queries on projects/acme-analytics denies bigquery.jobs.create"
    )
    assert "principal://iam.googleapis.com/" in fix
    assert asked == [f"/v2/{ON_PROJECT}", f"/v2/{ON_PROJECT}/no-queries"]


def test_a_deny_policy_of_the_organization_counts_too() -> None:
    found, _asked = find(deny(ON_ORGANIZATION))
    assert found.explanation
    assert f"on {ORGANIZATION}" in found.explanation.evidence[0]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            {"denialCondition": {"expression": "resource.matchTag('a', 'b')"}},
            "under a condition that the wizard cannot",
        ),
        (
            {"deniedPrincipals": ["principalSet://goog/group/a@b.example"]},
            "names principalSet://goog/group/a@b.example",
        ),
    ],
)
def test_a_rule_that_may_deny_is_told_and_is_no_cause(more: dict[str, Any], told: str) -> None:
    found, _asked = find(deny(ON_PROJECT, **more))
    assert found.explanation is None
    assert any(told in each for each in found.unknown)
    assert not any("no deny policy" in each for each in found.ruled_out)


def test_what_denies_nothing_is_ruled_out() -> None:
    found, _asked = find(deny(ON_PROJECT, deniedPermissions=["bigquery.googleapis.com/tables.*"]))
    assert (found.explanation, found.unknown) == (None, [])
    assert found.ruled_out[0] == f"no deny policy of projects/acme-analytics, {ORGANIZATION} denies {PERMISSION}"


def test_every_page_of_deny_policies_is_read() -> None:
    first = {f"/v2/{ON_PROJECT}": {"policies": [], "nextPageToken": "2"}}
    second = {f"/v2/{ON_PROJECT}2": {"policies": [{"name": f"{ON_PROJECT}/no-queries"}]}}
    found, _asked = find({**deny(ON_PROJECT), **first, **second})
    assert found.explanation


def test_a_refused_read_is_told_with_the_permission_that_is_missing() -> None:
    found, _asked = find({}, refused=("/v2", "//"))
    assert found.explanation is None
    told = "\n".join(found.unknown)
    for permission in (
        "iam.denypolicies.list",
        "iam.workloadIdentityPools.searchPolicyBindings",
        "resourcemanager.projects.searchPolicyBindings",
        "resourcemanager.organizations.searchPolicyBindings",
    ):
        assert f"(missing permission: {permission})" in told
    found, _asked = find(deny(ON_PROJECT), refused=(f"/v2/{ON_PROJECT}/",))
    assert "(missing permission: iam.denypolicies.get)" in found.unknown[0]
    found, _asked = find(OF_POOL, refused=("/v3",))
    assert "(missing permission: iam.principalaccessboundarypolicies.get)" in found.unknown[0]


def test_what_contains_the_project_may_be_unknown() -> None:
    class Unknown(FakeClouds):
        def __init__(self) -> None:
            super().__init__(FakeGoogle({}), "")
            self.projects = {}

    unknown = Unknown()
    unknown.google.call = lambda *_a, **_k: (_ for _ in ()).throw(forbidden("/"))  # type: ignore[method-assign]
    found = Denials(cast(Clouds, unknown)).find(LACKING)
    told = [each for each in found.unknown if "could not determine which folder or organization contains" in each]
    assert [each.rpartition(" ")[2] for each in told] == ["projects/acme-analytics", f"projects/{NUMBER}"]


def test_no_more_is_read_than_google_allows_in_a_minute() -> None:
    names = [f"{ON_PROJECT}/policy-{number}" for number in range(10)]
    found, asked = find({f"/v2/{ON_PROJECT}": {"policies": [{"name": name} for name in names]}})
    assert len([each for each in asked if each.startswith("/v2/")]) == 5
    assert any("allows only 5 reads of this kind per minute" in each for each in found.unknown)


def test_several_refusals_share_their_reads() -> None:
    google = FakeGoogle({})
    reader = Denials(cast(Clouds, FakeClouds(google, "")))
    reader.find(LACKING)
    reader.find(LACKING)
    assert google.asked == [f"/v2/{ON_PROJECT}"]


def test_a_boundary_that_leaves_out_the_project_is_the_cause() -> None:
    found, _asked = find({**OF_POOL, **boundary("projects/acme-lake")})
    assert found.explanation
    assert found.explanation.code == "WIF0521"
    assert found.explanation.fix.startswith(
        "ask the owner of the principal access boundary policy lake-only to include "
        "//cloudresourcemanager.googleapis.com/projects/acme-analytics"
    )


@pytest.mark.parametrize("inside", ["projects/acme-analytics", f"projects/{NUMBER}", ORGANIZATION])
def test_a_boundary_that_includes_the_project_is_ruled_out(inside: str) -> None:
    found, _asked = find({**OF_POOL, **boundary(inside)})
    assert found.explanation is None
    assert "no principal access boundary policy blocks access to projects/acme-analytics" in found.ruled_out


@pytest.mark.parametrize(
    ("answers", "refused", "permission"),
    [
        (
            {**OF_POOL, **boundary("projects/acme-lake")},
            f"//cloudresourcemanager.googleapis.com/{ORGANIZATION}",
            PERMISSION,
        ),
        ({**OF_POOL, **boundary("projects/acme-lake")}, "no", "spanner.databases.select"),
        (
            {
                **bound(f"//iam.googleapis.com/{POOL}", BOUNDARY, condition={"expression": "principal.type == 'x'"}),
                **boundary("projects/acme-lake"),
            },
            "no",
            PERMISSION,
        ),
    ],
    ids=["not all are known", "the permission is not known", "a condition"],
)
def test_a_boundary_that_may_block_is_told_and_is_no_cause(
    answers: dict[str, Any], refused: str, permission: str
) -> None:
    lacking = denials.of_identity(IDENTITY, LACKING.principal, (permission,), LACKING.place)
    found, _asked = find(answers, refused=(refused,), lacking=lacking)
    assert found.explanation is None
    assert any("does not know whether the policy blocks" in each for each in found.unknown)


def test_a_boundary_with_a_project_of_which_only_the_id_is_known_may_include_it() -> None:
    lacking = denials.of_identity(IDENTITY, LACKING.principal, (PERMISSION,), "projects/acme-lake")
    found, _asked = find({**OF_POOL, **boundary("projects/210987654321")}, lacking=lacking)
    assert found.explanation is None
    assert any("does not know whether the policy blocks" in each for each in found.unknown)


def test_a_project_without_an_organization_has_no_boundary_and_no_unified_access_policy() -> None:
    found, asked = find({}, parent="")
    assert asked == [f"/v2/{ON_PROJECT}"]
    assert len(found.ruled_out) == 1


def test_a_rule_of_a_unified_access_policy_is_the_cause() -> None:
    rule = {
        "effect": "DENY",
        "principals": [MEMBER],
        "operation": {"permissions": ["bigquery.googleapis.com/jobs.create"]},
    }
    on_project = f"//cloudresourcemanager.googleapis.com/projects/{NUMBER}"
    answers = {**bound(on_project, ACCESS_POLICY), f"/v3beta/{ACCESS_POLICY}": {"details": {"rules": [rule]}}}
    found, _asked = find(answers)
    assert found.explanation
    assert found.explanation.code == "WIF0522"
    assert found.explanation.fix.startswith(f"ask the owner of the unified access policy {ACCESS_POLICY} to add")
    conditional = {**answers, f"/v3beta/{ACCESS_POLICY}": {"details": {"rules": [{**rule, "conditions": {"a": {}}}]}}}
    found, _asked = find(conditional)
    assert found.explanation is None
    assert any("does not know whether the rule applies" in each for each in found.unknown)


def test_a_service_account_is_known_with_the_sets_of_its_project() -> None:
    clouds = cast(Clouds, FakeClouds(FakeGoogle({}), ORGANIZATION))
    lacking = denials.of_account(clouds, "a@acme-analytics.iam.gserviceaccount.com", (PERMISSION,), LACKING.place)
    of_organization = f"principalSet://cloudresourcemanager.googleapis.com/{ORGANIZATION}/type/ServiceAccount"
    assert of_organization in lacking.principal.names
    assert lacking.home == "acme-analytics"
