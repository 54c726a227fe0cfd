"""`wif-wizard doctor` on worlds that were broken: one cause from whatever is in hand, nothing written, and a fix."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.commands import test_broken_worlds as worlds
from tests.commands.conftest import IMPERSONATED, SETUP, World
from tests.in_full import first
from wizard.clouds.session import Clouds

ROLE = "arn:aws:iam::111122223333:role/rds-to-bigquery"
CONDITION = "The given credential is rejected by the attribute condition."

FAULTS: dict[str, tuple[Callable[[Clouds], None], str]] = {
    "provider disabled": (worlds.provider_disabled, "disabled is true, but the setup specifies false"),
    "pool deleted": (worlds.pool_soft_deleted, "workload identity pool aws-prod is deleted"),
    "condition": (worlds.condition_names_another_role, "condition is attribute.aws_role =="),
    "impersonation": (worlds.no_workload_identity_user, "roles/iam.workloadIdentityUser is not set"),
    "impersonation of another role": (worlds.binding_on_another_role, "roles/iam.workloadIdentityUser is not set"),
    "target": (worlds.role_missing_on_the_target, "roles/bigquery.dataEditor is not set"),
    "trust": (worlds.trust_for_another_service, "assumable by is lambda.amazonaws.com"),
}
"""What is broken, and words of the evidence."""

SEEN_FROM_THE_CONFIGURATION = (
    "provider disabled",
    "pool deleted",
    "condition",
    "impersonation",
    "impersonation of another role",
)


def applied(world: World, setup: str = IMPERSONATED) -> str:
    """Apply a setup in a world. Returns its file."""
    file = world.setup(setup)
    assert world.wif("apply", file, "--yes").code == 0
    return file


def broken(world: World, subject: str) -> list[dict[str, str]]:
    """The findings that break something, the first cause first. Risks of the module's sandbox are not among them."""
    findings = world.wif("doctor", subject, "--json").json["findings"]
    return [finding for finding in findings if finding["severity"] == "broken"]


def clouds() -> Clouds:
    return Clouds("acme-analytics", "ap-northeast-1")


@pytest.mark.parametrize("fault", first(4, FAULTS))
def test_a_setup_leads_to_one_cause_and_the_fix_makes_the_test_pass(world: World, fault: str) -> None:
    how, words = FAULTS[fault]
    file = applied(world)
    how(clouds())
    before = len(world.writes())

    answer = world.wif("doctor", file, "--json")

    assert answer.code == 1
    assert len(world.writes()) == before
    broken = [finding for finding in answer.json["findings"] if finding["severity"] == "broken"]
    assert len(broken) == 1
    assert words in " ".join(broken[0]["evidence"])
    assert broken[0]["fix_kind"] == "plan"
    fixed = world.wif("doctor", file, "--fix", "--yes")
    assert fixed.code == 0, fixed.out
    assert fixed.out.rstrip().endswith("The live test passed.")
    assert not world.wif("doctor", file, "--json").json["broken"]


@pytest.mark.parametrize("fault", SEEN_FROM_THE_CONFIGURATION)
def test_a_configuration_alone_leads_to_the_same_cause(world: World, fault: str) -> None:
    how, words = FAULTS[fault]
    applied(world)
    how(clouds())
    before = len(world.writes())

    answer = world.wif("doctor", str(world.config), "--json")

    assert len(world.writes()) == before
    broken = [finding for finding in answer.json["findings"] if finding["severity"] == "broken"]
    assert [words in " ".join(finding["evidence"]) for finding in broken] == [True]
    assert any("rds-to-bigquery" in sentence for sentence in answer.json["assumed"])


@pytest.mark.parametrize("given", [ROLE, ROLE.replace("iam", "sts").replace("role/", "assumed-role/") + "/nightly"])
def test_the_role_alone_leads_to_its_setup(world: World, given: str) -> None:
    applied(world)
    healthy = world.wif("doctor", given, "--json")
    assert (healthy.code, healthy.json["broken"]) == (0, False)
    worlds.provider_disabled(clouds())

    answer = world.wif("doctor", given, "--json")

    assert answer.code == 1
    assert "disabled is true" in " ".join(answer.json["findings"][0]["evidence"])


def test_the_service_account_alone_leads_to_the_role_that_impersonates_it(world: World) -> None:
    applied(world)
    worlds.provider_disabled(clouds())
    answer = world.wif("doctor", worlds.EMAIL, "--json")
    assert answer.code == 1
    assert "disabled is true" in " ".join(answer.json["findings"][0]["evidence"])
    assert "the test runs as the role rds-to-bigquery, because IAM policies name this role" in answer.json["assumed"]


def test_a_job_definition_without_a_job_role_leads_to_the_role_that_it_needs(world: World) -> None:
    applied(world)
    definition = {
        "image": "registry.example/loader:1",
        "executionRoleArn": ROLE,
        "resourceRequirements": [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}],
    }
    made = clouds().aws.call(
        "batch",
        "register_job_definition",
        jobDefinitionName="doctored",
        type="container",
        platformCapabilities=["FARGATE"],
        containerProperties=definition,
    )

    answer = world.wif("doctor", made["jobDefinitionArn"], "--json")

    assert answer.code == 1
    (cause,) = [finding for finding in answer.json["findings"] if finding["severity"] == "broken"]
    assert any(line.startswith("job definition doctored") for line in cause["evidence"])
    assert any("only as the execution role" in sentence for sentence in answer.json["assumed"])


def test_the_setup_that_was_found_is_saved_and_its_plan_is_empty(world: World) -> None:
    applied(world, SETUP)
    saved = world.folder / "found.yaml"
    assert world.wif("doctor", str(world.config), "--save", str(saved)).code == 0
    assert world.wif("plan", str(saved)).code == 0
    again = world.wif("doctor", str(world.config), "--save", str(saved))
    assert again.code == 64
    assert "the file exists" in again.err


def test_two_faults_at_once_are_both_told_in_the_order_of_the_chain(world: World) -> None:
    file = applied(world)
    worlds.role_missing_on_the_target(clouds())
    worlds.provider_disabled(clouds())
    answer = world.wif("doctor", file, "--json")
    layers = [finding["layer"] for finding in answer.json["findings"] if finding["severity"] == "broken"]
    assert layers == ["exchange", "target"]
    assert world.wif("doctor", file, "--fix", "--yes").code == 0


def test_what_is_missing_because_of_something_else_is_an_effect(fresh: World) -> None:
    applied(fresh, SETUP)
    answer = fresh.wif("doctor", fresh.setup(IMPERSONATED), "--json")
    broken = [finding for finding in answer.json["findings"] if finding["severity"] == "broken"]
    missing = f"service account {worlds.EMAIL} does not exist"
    (cause,) = [finding for finding in broken if missing in finding["evidence"]]
    assert any("roles on the service account" in effect for effect in cause["effects"])
    assert not any("roles on the service account" in line for finding in broken for line in finding["evidence"])


def test_what_no_plan_can_reach_is_a_finding_with_the_reason(world: World) -> None:
    file = applied(world)
    worlds.wrong_account(clouds())
    answer = world.wif("doctor", file, "--json")
    assert answer.code == 1
    cause = answer.json["findings"][0]
    assert "is for the AWS account 999988887777" in cause["evidence"][0]
    assert cause["fix_kind"] == "sentence"
    assert world.wif("doctor", file, "--fix", "--yes").code == 1
    clouds().google.call("iam", "PATCH", worlds.PROVIDER, {"aws": {"accountId": "111122223333"}}, {"updateMask": "aws"})


def test_only_the_findings_that_are_named_are_fixed(world: World) -> None:
    file = applied(world)
    worlds.role_missing_on_the_target(clouds())
    worlds.provider_disabled(clouds())
    codes = {finding["layer"]: finding["code"] for finding in broken(world, file)}
    assert list(codes) == ["exchange", "target"]
    world.wif("doctor", file, "--fix", codes["exchange"], "--yes")
    assert [finding["layer"] for finding in broken(world, file)] == ["target"]
    refused = world.wif("doctor", file, "--fix", "WIF9999", "--yes")
    assert refused.code == 64
    assert "did not find WIF9999" in refused.err
    assert world.wif("doctor", file, "--fix", "--yes").code == 0


def test_an_error_text_says_who_refused_and_what_to_pass_next(world: World) -> None:
    text = f'Traceback (most recent call last):\n  File "x.py"\nOAuthError: (\'{{"error": "{CONDITION}"}}\')'
    answer = world.wif("doctor", "--error", text)
    assert answer.code == 0
    assert answer.out.startswith("WIF0301")
    assert "step  exchange" in answer.out
    assert "wif-wizard doctor CONFIG.json" in answer.out
    (recognised,) = world.wif("doctor", text, "--json").json["recognised"]
    assert recognised["code"] == "WIF0301"


@pytest.mark.parametrize("text", ["all is well here today", "   "])
def test_a_text_that_says_nothing_is_not_explained(world: World, text: str) -> None:
    answer = world.wif("doctor", "--error", text)
    assert answer.code == (64 if not text.strip() else 1)


def test_a_code_is_explained(world: World) -> None:
    answer = world.wif("doctor", "--explain", "wif0301")
    assert answer.code == 0
    assert "attribute condition" in answer.out
    assert world.wif("doctor", "--explain", "WIF0301", "--json").json["explanation"]["code"] == "WIF0301"
    unknown = world.wif("doctor", "--explain", "WIF9999")
    assert unknown.code == 64
    assert '"WIF9999" is not the code of a finding' in unknown.err


def test_what_cannot_be_recognised_is_said(world: World) -> None:
    answer = world.wif("doctor", "nothing-of-the-kind")
    assert answer.code == 64
    assert "NAMESPACE/SERVICE_ACCOUNT" in answer.err
    assert world.wif("doctor").code == 64


@pytest.mark.parametrize("suffix", ["html", "md", "json", "junit"])
def test_the_report_has_the_finding_and_no_name_that_was_to_be_replaced(world: World, suffix: str) -> None:
    file = applied(world)
    worlds.provider_disabled(clouds())
    report = world.folder / f"report.{suffix}"
    answer = world.wif("doctor", file, "--report", str(report), "--anonymise")
    assert answer.code == 1
    text = report.read_text(encoding="utf-8")
    assert "disabled is true" in text
    assert "rds-to-bigquery" in text
    assert not re.search("acme-analytics|111122223333|123456789012|bq-loader@", text)
    if suffix == "json":
        assert json.loads(text)["broken"]
    if suffix == "junit":
        suite = ElementTree.fromstring(text)
        assert suite.get("failures") == "1"
    assert world.wif("doctor", file, "--report", str(report)).code == 1
    assert "acme-analytics" in report.read_text(encoding="utf-8")


def test_a_report_of_an_unknown_kind_is_refused_before_anything_is_read(world: World) -> None:
    file = world.setup()
    before = len(world.requests())
    answer = world.wif("doctor", file, "--report", "report.pdf")
    assert answer.code == 64
    assert "the name must end in" in answer.err
    assert len(world.requests()) == before


def test_without_permission_to_read_nothing_counts_as_healthy(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    file = applied(world)
    token = world.folder / "token"
    token.write_text("not-a-token", encoding="utf-8")
    monkeypatch.setenv("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", str(token))
    answer = world.wif("doctor", file, "--json")
    assert answer.code == 0
    assert not answer.json["broken"]
    assert any(sentence.startswith("Google Cloud: ") for sentence in answer.json["unknown"])
    assert not any("pool" in sentence for sentence in answer.json["ruled_out"])


def test_the_answer_is_one_document(world: World) -> None:
    file = applied(world)
    assert json.loads(world.wif("doctor", file, "--json").out)["format"] == 1
    assert Path(file).exists()


def test_risks_are_told_and_never_fixed_unasked(world: World) -> None:
    file = applied(world)
    google = clouds().google
    policy = google.call("cloudresourcemanager", "POST", "/v1/projects/acme-analytics:getIamPolicy", {})
    pool = "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-prod/*"
    policy["bindings"] += [
        {"role": "roles/viewer", "members": [pool]},
        {"role": "roles/editor", "members": [f"serviceAccount:{worlds.EMAIL}"]},
    ]
    google.call("cloudresourcemanager", "POST", "/v1/projects/acme-analytics:setIamPolicy", {"policy": policy})
    condition = {"attributeCondition": "assertion.arn.contains('rds-to-bigquery')"}
    google.call("iam", "PATCH", worlds.PROVIDER, condition, {"updateMask": "attributeCondition"})
    before = len(world.writes())

    answer = world.wif("doctor", file, "--json")

    assert (answer.code, answer.json["broken"]) == (0, False)
    risks = {each["code"]: each for each in answer.json["findings"] if each["severity"] == "risk"}
    assert {"WIF1003", "WIF1004", "WIF1005"} <= risks.keys()
    assert "for example" in risks["WIF1003"]["evidence"][0]
    assert world.wif("doctor", file, "--fix", "--yes").code == 0
    assert len(world.writes()) == before
    google.call("iam", "PATCH", worlds.PROVIDER, {"attributeCondition": ""}, {"updateMask": "attributeCondition"})
    assert "WIF1001" in {each["code"] for each in world.wif("doctor", file, "--json").json["findings"]}


def test_a_deleted_service_account_is_the_cause_and_can_be_restored_with_its_grants(fresh: World) -> None:
    file = applied(fresh)
    clouds().google_iam.delete_service_account("acme-analytics", worlds.EMAIL)

    found = {each["code"]: each for each in fresh.wif("doctor", file, "--json").json["findings"]}

    assert "WIF1008" not in found, "the policy has the grants still, of the deleted account"
    cause = found["WIF0405"]
    assert f"member deleted:serviceAccount:{worlds.EMAIL}?uid=" in cause["evidence"][1]
    command = re.search(r"gcloud iam service-accounts undelete (?P<id>\d+)$", cause["fix"])
    assert command is not None
    clouds().google.call("iam", "POST", f"/v1/projects/-/serviceAccounts/{command['id']}:undelete", {})
    assert fresh.wif("plan", file).code == 0


def test_a_grant_that_the_wizard_made_and_that_is_gone_is_a_risk_of_its_own(fresh: World) -> None:
    file = applied(fresh)
    google = clouds().google
    policy = google.call("cloudresourcemanager", "POST", "/v1/projects/acme-analytics:getIamPolicy", {})
    policy["bindings"] = [binding for binding in policy["bindings"] if binding["role"] != "roles/bigquery.jobUser"]
    google.call("cloudresourcemanager", "POST", "/v1/projects/acme-analytics:setIamPolicy", {"policy": policy})

    found = {each["code"]: each for each in fresh.wif("doctor", file, "--json").json["findings"]}

    assert found["WIF1008"]["severity"] == "risk"
    assert "the wizard granted roles/bigquery.jobUser to" in found["WIF1008"]["evidence"][0]
    assert fresh.wif("doctor", file, "--fix", "--yes").code == 0
    assert "WIF1008" not in {each["code"] for each in fresh.wif("doctor", file, "--json").json["findings"]}


def test_roles_that_cannot_do_their_job_are_a_note(world: World) -> None:
    file = applied(world)
    path = Path(file)
    path.write_text(path.read_text(encoding="utf-8").replace(", roles/bigquery.jobUser", ""), encoding="utf-8")
    findings = world.wif("doctor", file, "--json").json["findings"]
    (note,) = [each for each in findings if each["code"] == "WIF0523"]
    assert note["severity"] == "note"
    assert "roles/bigquery.dataEditor does not allow running jobs" in note["evidence"][0]


def test_the_inventory_of_an_account_says_how_each_role_reaches_google_cloud(fresh: World) -> None:
    applied(fresh)
    container = {
        "image": "registry.example/loader:1",
        "environment": [{"name": "GOOGLE_APPLICATION_CREDENTIALS", "value": "/key.json"}],
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}],
    }
    for name, role in (("federated", "rds-to-bigquery"), ("keyed", "someone-else")):
        arn = f"arn:aws:iam::111122223333:role/{role}"
        clouds().aws.call(
            "batch",
            "register_job_definition",
            jobDefinitionName=name,
            type="container",
            containerProperties={**container, "jobRoleArn": arn},
        )
    before = len(fresh.writes())
    answer = fresh.wif("doctor", "account/ap-northeast-1", "--json")
    assert answer.code == 0
    assert len(fresh.writes()) == before
    ways = {row["workload"]: (row["way"], row["detail"]) for row in answer.json["rows"]}
    assert ways["job definition federated"] == ("service account", worlds.EMAIL)
    assert ways["job definition keyed"][0] == "key"
    table = fresh.wif("doctor", "111122223333")
    assert "job definition keyed" in table.out
    assert "wif-wizard wizard 111122223333 --workloads job-definition/keyed" in table.out
    assert fresh.wif("doctor", "999922223333").code == 64
