"""The doctor tells the exact cause, also where the live test cannot run without a change."""

import json
from typing import Any

import pytest

from tests.commands.conftest import IMPERSONATED, SETUP, Answer, World
from wizard.work import breaking, faults

NAMES = {
    "project": "projects/acme-analytics",
    "pool_by_number": "projects/123456789012/locations/global/workloadIdentityPools/aws-prod",
    "provider": "projects/acme-analytics/locations/global/workloadIdentityPools/aws-prod/providers/aws-111122223333",
    "service_account": "bq-loader@acme-analytics.iam.gserviceaccount.com",
    "member": "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-prod"
    "/attribute.aws_role/arn:aws:sts::111122223333:assumed-role/rds-to-bigquery",
}
PROVIDER = "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-prod/providers/"


def broken_by(world: World, name: str) -> str:
    """Apply a setup, and break its world by a fault. Returns the path of the setup."""
    from wizard.clouds.session import Clouds

    fault = faults.load(name)
    setup = world.setup(IMPERSONATED if fault.setup else SETUP)
    assert world.wif("apply", setup, "--yes").code == 0
    place = breaking.World(Clouds("acme-analytics", "ap-northeast-1"), world.folder, NAMES)
    for step in fault.steps:
        breaking.take(step, place)
    return setup


def cause_in(answer: Answer) -> dict[str, Any]:
    """Return the only thing that is broken."""
    (found,) = [finding for finding in answer.json["findings"] if finding["severity"] == "broken"]
    return dict(found)


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("condition-with-the-arn-of-the-role", "WIF0310", "contains the ARN of the IAM role"),
        ("impersonation-by-itself", "WIF0408", "is granted only to bq-loader@acme-analytics"),
        ("grants-have-ended", "WIF0507", "request.time < timestamp"),
    ],
)
def test_a_refusal_is_computed_where_the_live_test_would_change_something(
    fresh: World, name: str, code: str, words: str
) -> None:
    setup = broken_by(fresh, name)
    before = len(fresh.writes())
    answer = fresh.wif("doctor", setup, "--json")
    cause = cause_in(answer)
    assert cause["code"] == code
    assert words in cause["cause"]
    assert cause["fix_kind"] == "plan"
    assert any("The live test did not run" in sentence for sentence in answer.json["unknown"])
    assert len(fresh.writes()) == before


def test_a_grant_under_a_condition_that_holds_is_not_called_missing(fresh: World) -> None:
    setup = broken_by(fresh, "grants-removed")
    place = breaking.World(_clouds(), fresh.folder, NAMES)
    condition = {"title": "until 2090", "expression": "request.time < timestamp('2090-01-01T00:00:00Z')"}
    for role in ("roles/bigquery.dataEditor", "roles/bigquery.jobUser"):
        binding = faults.Binding(on="projects/acme-analytics", role=role, condition=condition)
        breaking.take(faults.Grant(grant=binding), place)
    answer = fresh.wif("doctor", setup, "--json")
    assert not answer.json["broken"]


def _clouds() -> Any:
    from wizard.clouds.session import Clouds

    return Clouds("acme-analytics", "ap-northeast-1")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"audience": PROVIDER.removesuffix("/providers/")}, "WIF0107"),
        ({"audience": f"{PROVIDER.replace('123456789012', 'acme-analytics')}aws"}, "WIF0108"),
        ({"audience": f"//iam.googleapis.com/https:{PROVIDER}aws"}, "WIF0106"),
        ({"token_url": "https://sts.googleapis.com.acme.example/v1/token"}, "WIF0109"),
        ({"credential_source": {"environment_id": "aws2"}}, "WIF0104"),
        ({"credential_source": {"regional_cred_verification_url": None}}, "WIF0105"),
        ({"credential_source": {"executable": {"command": "/opt/acme/credentials"}}}, "WIF0110"),
        ({"universe_domain": "acme.example"}, "WIF0119"),
        ({"service_account_impersonation_url": "https://iamcredentials.googleapis.com/v1/me"}, "WIF0114"),
        ({"type": "service_account", "private_key": "x", "client_email": "x@acme.example"}, "WIF0103"),
    ],
)
def test_a_configuration_that_is_not_valid_is_a_finding_with_a_code_of_its_own(
    world: World, change: dict[str, Any], code: str
) -> None:
    setup = world.setup()
    assert world.wif("apply", setup, "--yes").code == 0
    document = faults.merged(json.loads(world.config.read_text(encoding="utf-8")), change)
    world.config.write_text(json.dumps(document), encoding="utf-8")
    answer = world.wif("doctor", str(world.config), "--json")
    assert answer.code == 1
    assert cause_in(answer)["code"] == code
    world.config.unlink()


def test_a_configuration_that_is_cut_off_is_a_finding(world: World) -> None:
    world.config.write_text('{"type": "external_account", "audience": "//iam', encoding="utf-8")
    answer = world.wif("doctor", str(world.config), "--json")
    assert cause_in(answer)["code"] == "WIF0111"
    assert "is not JSON" in cause_in(answer)["cause"]
    world.config.unlink()
