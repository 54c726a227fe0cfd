"""Several workloads on one provider: nobody loses access, and what cannot be shared is refused before any write."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import World
from wizard.clouds.session import Clouds

PROJECT = "acme-analytics"
POOLS = f"/v1/projects/{PROJECT}/locations/global/workloadIdentityPools"
MEMBERS = "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools"
ROLES = "arn:aws:sts::111122223333:assumed-role"
JOB_USER = "roles/bigquery.jobUser"
SHORT = {"google.subject": "assertion.arn", "attribute.aws_role": "assertion.arn.extract('assumed-role/{role}/')"}
WHOLE = {"google.subject": "assertion.arn", "attribute.aws_role": "assertion.arn"}


@pytest.fixture(autouse=True)
def enabled(world: World) -> None:
    """Enable the APIs, as the first setup of a project does: each test can be the first on its sandbox."""
    services = f"/v1/projects/{PROJECT}/services/iam.googleapis.com"
    if Clouds(PROJECT).google.call("serviceusage", "GET", services)["state"] != "ENABLED":
        assert world.wif("apply", setup(world, "first", "first-pool"), "--yes").code == 0


def setup(world: World, role: str, pool: str, provider: str = "aws-prov", **google: Any) -> str:
    """The setup file of one role."""
    document = {
        "version": 1,
        "mode": "aws",
        "aws": {"account": "111122223333", "region": "ap-northeast-1", "runtime": "ecs-fargate", "role": role},
        "google": {"project": PROJECT, "pool": pool, "provider": provider, **google},
        "access": {"via": "direct", "grants": [{"on": f"projects/{PROJECT}", "roles": [JOB_USER]}]},
        "credential_config": f"{role}.json",
    }
    path = world.folder / f"{role}.yaml"
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def as_account(file: str) -> str:
    """Let the setup in a file use a service account that exists; the file."""
    path = Path(file)
    document = json.loads(path.read_text(encoding="utf-8"))
    document["access"] |= {"via": "service-account", "service_account": "nightly-load"}
    path.write_text(json.dumps(document), encoding="utf-8")
    return file


def create(pool: str, provider: str = "aws-prov", mode: str = "FEDERATION_ONLY", **fields: Any) -> None:
    """Create a pool with a provider, as somebody did by hand; without fields, the pool only."""
    google = Clouds(PROJECT).google
    google.call("iam", "POST", POOLS, {"mode": mode}, {"workloadIdentityPoolId": pool})
    if fields:
        query = {"workloadIdentityPoolProviderId": provider}
        body = {"aws": {"accountId": "111122223333"}, **fields}
        wanted = {key: value for key, value in body.items() if value is not None}
        google.call("iam", "POST", f"{POOLS}/{pool}/providers", wanted, query)


def grant(role: str, member: str, end: str | None = None) -> None:
    """Grant a role on the project, until the day `end` if there is one."""
    google, path = Clouds(PROJECT).google, f"/v1/projects/{PROJECT}"
    asked = {"options": {"requestedPolicyVersion": 3}}
    policy = google.call("cloudresourcemanager", "POST", f"{path}:getIamPolicy", asked) | {"version": 3}
    binding: dict[str, Any] = {"role": role, "members": [member]}
    if end:
        binding["condition"] = {"title": "until", "expression": f'request.time < timestamp("{end}T00:00:00Z")'}
    policy["bindings"].append(binding)
    google.call("cloudresourcemanager", "POST", f"{path}:setIamPolicy", {"policy": policy})


def plan_of(world: World, file: str, kind: str) -> dict[str, Any]:
    """What the plan says about the resource of a kind."""
    changes = world.wif("plan", file, "--json").json["changes"]
    (found,) = (change for change in changes if change["kind"] == kind)
    return dict(found)


PROVIDER, GRANTS = "workload identity pool provider", "roles on the project"


def test_two_roles_on_one_provider_are_both_in_place(world: World) -> None:
    files = [setup(world, role, "for-two") for role in ("team-a", "team-b")]
    for file in files:
        assert world.wif("apply", file, "--yes").code == 0
    assert [world.wif("plan", file).code for file in files] == [0, 0]
    for file in files:
        assert world.wif("test", file, "--yes", "--wait", "0").code == 0


def test_the_value_of_the_setups_own_mapping_is_granted(world: World) -> None:
    condition = "attribute.aws_role == 'vendor'"
    file = setup(world, "vendor", "short-pool", attribute_mapping=SHORT, attribute_condition=condition)
    assert world.wif("apply", file, "--yes").code == 0
    assert plan_of(world, file, GRANTS)["after"] == {JOB_USER: [f"{MEMBERS}/short-pool/attribute.aws_role/vendor"]}
    assert world.wif("plan", file).code == 0
    assert world.wif("test", file, "--yes", "--wait", "0").code == 0


def test_what_was_made_by_hand_and_works_is_in_place(world: World) -> None:
    """The setup has no mapping of its own: that of the provider is in effect, and the member follows its values."""
    create("by-hand", attributeMapping=SHORT, attributeCondition="attribute.aws_role in ['loader', 'x']")
    grant(JOB_USER, f"{MEMBERS}/by-hand/attribute.aws_role/loader")
    file = setup(world, "loader", "by-hand")
    assert [plan_of(world, file, kind)["action"] for kind in (PROVIDER, GRANTS)] == ["none", "none"]


def test_a_provider_without_a_mapping_or_a_condition_is_in_place_and_the_plan_says_who_else_gets_in(
    world: World,
) -> None:
    create("bare-pool", description="as in an example")
    change = plan_of(world, setup(world, "loader", "bare-pool"), PROVIDER)
    assert change["action"] == "none"
    assert "every identity in the AWS account 111122223333 can get a token, for example" in change["notes"][0]


def test_what_the_new_role_gains_is_said(world: World) -> None:
    create("wide-pool", attributeMapping=SHORT, attributeCondition="attribute.aws_role == 'x'")
    everyone = f"{MEMBERS}/wide-pool/*"
    grant("roles/bigquery.dataViewer", everyone)
    file = setup(world, "loader", "wide-pool")
    change = plan_of(world, file, PROVIDER)
    gain = (
        "The IAM role loader also gets roles/bigquery.dataViewer on acme-analytics, because the policy already grants "
        f"this access to {everyone}."
    )
    assert change["gains"] == [gain]
    assert gain in world.wif("plan", file).out


def test_a_role_that_the_workload_still_holds_is_said_and_stays(world: World) -> None:
    create("kept-pool", attributeMapping=SHORT, attributeCondition="attribute.aws_role == 'loader'")
    ours = f"{MEMBERS}/kept-pool/attribute.aws_role/loader"
    grant(JOB_USER, ours)
    grant("roles/bigquery.admin", ours)
    file = setup(world, "loader", "kept-pool")
    said = (
        f"The policy of acme-analytics also grants roles/bigquery.admin to {ours}. The setup does not ask for this "
        "access, and the wizard does not remove this access."
    )
    assert said in world.wif("plan", file).out
    assert world.wif("apply", file, "--yes").code == 0
    assert said in world.wif("plan", file).out


def test_a_disabled_provider_is_never_enabled_in_silence(world: World) -> None:
    create("off-pool", attributeCondition=f"attribute.aws_role == '{ROLES}/x'", disabled=True)
    out = world.wif("plan", setup(world, "loader", "off-pool")).out
    assert "The provider is disabled. The wizard will enable the provider. " in out
    assert f"These identities can then get tokens again: {ROLES}/x." in out


@pytest.mark.parametrize(
    ("pool", "fields", "reason"),
    [
        ("oidc-pool", {"aws": None, "oidc": {"issuerUri": "https://x.example"}}, "is for OpenID Connect (OIDC), not"),
        ("saml-pool", {"aws": None, "saml": {"idpMetadataXml": "<xml/>"}}, "is for SAML, not for AWS"),
        ("theirs", {"aws": {"accountId": "444455556666"}}, "is for the AWS account 444455556666"),
        ("whole-arn", {"attributeMapping": WHOLE}, "attribute.aws_role contains the name of the session"),
        ("trust-domain", {"mode": "TRUST_DOMAIN"}, "has the mode TRUST_DOMAIN"),
    ],
)
def test_what_cannot_serve_is_refused_before_any_write(
    world: World, pool: str, fields: dict[str, Any], reason: str
) -> None:
    mapping = {"attributeMapping": {"google.subject": "assertion.x"}} if "aws" in fields and not fields["aws"] else {}
    create(pool, **mapping, **fields)
    file = setup(world, "loader", pool)
    before = len(world.writes())
    for refused in (world.wif("plan", file), world.wif("apply", file, "--yes")):
        assert refused.code == 1
        assert reason in refused.err
        assert "in the google section of the setup" in refused.err
    assert len(world.writes()) == before


def test_a_mapping_that_gives_nothing_stable_is_refused_with_one_that_does(world: World) -> None:
    refused = world.wif("plan", setup(world, "loader", "unstable", attribute_mapping=WHOLE))
    assert refused.code == 64
    assert "attribute.aws_role contains the name of the session" in refused.err
    assert "map the ARN without the session" in refused.err
    assert f"{ROLES}/loader/" not in refused.err


def test_the_test_names_the_type_of_another_provider(world: World) -> None:
    file = setup(world, "loader-2", "typed-pool")
    assert world.wif("apply", file, "--yes").code == 0
    config = world.folder / "loader-2.json"
    google = Clouds(PROJECT).google
    body = {"oidc": {"issuerUri": "https://x.example"}, "attributeMapping": {"google.subject": "assertion.sub"}}
    query = {"workloadIdentityPoolProviderId": "oidc-prov"}
    google.call("iam", "POST", f"{POOLS}/typed-pool/providers", body, query)
    config.write_text(config.read_text().replace("providers/aws-prov", "providers/oidc-prov"))
    tested = world.wif("test", file, "--yes", "--wait", "0")
    assert tested.code == 1
    assert "the provider is for OpenID Connect (OIDC), not for AWS" in tested.out + tested.err


def test_an_ended_grant_is_no_gain_and_a_conditional_one_is_said_with_its_condition(world: World) -> None:
    create("ended-pool", attributeMapping=SHORT, attributeCondition="attribute.aws_role == 'x'")
    grant("roles/storage.objectViewer", f"{MEMBERS}/ended-pool/*", "2020-01-01")
    grant("roles/pubsub.viewer", f"{MEMBERS}/ended-pool/*", "2099-01-01")
    (gain,) = plan_of(world, setup(world, "loader", "ended-pool"), PROVIDER)["gains"]
    assert gain.startswith("The IAM role loader also gets roles/pubsub.viewer on acme-analytics under the condition")
    assert 'until" (request.time < timestamp("2099-01-01T00:00:00Z"); true until 2099-01-01 (UTC))' in gain


def test_what_the_service_account_has_already_is_a_gain(world: World) -> None:
    member = f"serviceAccount:nightly-load@{PROJECT}.iam.gserviceaccount.com"
    file = as_account(setup(world, "loader", "as-account"))
    (gain,) = plan_of(world, file, PROVIDER)["gains"]
    assert gain.startswith(f"The IAM role loader also gets roles/bigquery.dataEditor on {PROJECT}")
    assert member in gain
    assert plan_of(world, file, "roles on the service account")["gains"] == []


def test_a_role_that_is_admitted_already_gains_through_the_grant_on_the_service_account(world: World) -> None:
    create("admitting", attributeMapping=SHORT, attributeCondition="attribute.aws_role == 'loader'")
    file = as_account(setup(world, "loader", "admitting"))
    (gain,) = plan_of(world, file, "roles on the service account")["gains"]
    assert "also gets roles/bigquery.dataEditor" in gain


def test_a_grant_to_others_that_a_new_attribute_makes_effective_is_a_gain(world: World) -> None:
    create("unmapped", attributeMapping={"google.subject": "assertion.userid"})
    member = f"{MEMBERS}/unmapped/attribute.aws_role/{ROLES}/team-a"
    grant("roles/bigquery.dataViewer", member)
    (gain,) = plan_of(world, setup(world, "loader", "unmapped"), PROVIDER)["gains"]
    assert gain.startswith(f"The new attributes of the mapping make a grant effective: {ROLES}/team-a/")
    assert gain.endswith(f"gets roles/bigquery.dataViewer, which the policy of {PROJECT} grants to {member}.")


def test_a_role_of_another_account_with_the_same_value_in_the_pool_is_named(world: World) -> None:
    create("two-accounts", attributeMapping=SHORT, attributeCondition="attribute.aws_role == 'x'")
    query = {"workloadIdentityPoolProviderId": "other-account"}
    body = {"aws": {"accountId": "444455556666"}, "attributeMapping": SHORT}
    Clouds(PROJECT).google.call("iam", "POST", f"{POOLS}/two-accounts/providers", body, query)
    (note,) = plan_of(world, setup(world, "loader", "two-accounts"), PROVIDER)["notes"]
    assert note.startswith("arn:aws:sts::444455556666:assumed-role/loader/")
    assert "from the provider other-account in the same pool. The mapping of this provider gives" in note
    assert "the same attribute.aws_role as the role loader" in note
