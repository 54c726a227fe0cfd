"""Bad input gets one clear error: what, where, and what to do; and nothing is written."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import SETUP, Answer, World

PROVIDER = "projects/123456789012/locations/global/workloadIdentityPools/aws-prod/providers/aws-111122223333"
CONFIG: dict[str, Any] = {
    "universe_domain": "googleapis.com",
    "type": "external_account",
    "audience": f"//iam.googleapis.com/{PROVIDER}",
    "subject_token_type": "urn:ietf:params:aws:token-type:aws4_request",
    "token_url": "https://sts.googleapis.com/v1/token",
    "credential_source": {
        "environment_id": "aws1",
        "region_url": "http://169.254.169.254/latest/meta-data/placement/availability-zone",
        "url": "http://169.254.169.254/latest/meta-data/iam/security-credentials",
        "regional_cred_verification_url": (
            "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"
        ),
    },
    "token_info_url": "https://sts.googleapis.com/v1/introspect",
}


@pytest.fixture(autouse=True)
def _nothing_is_written(world: World) -> Any:
    """Holds for every test of this module: no call that writes, and no file beside the input."""
    before = len(world.writes())
    yield
    assert world.writes()[before:] == []
    assert not world.config.exists()


def test_every_problem_of_a_setup_is_told_at_once_with_its_line(world: World) -> None:
    text = SETUP.replace("runtime: batch-fargate", "runtime: fargate").replace("pool: aws-prod", "pool: gcp-aws")
    answer = world.wif("plan", world.setup(text.replace("mode: aws", "mode: aws\nregion: x")))
    assert answer.code == 64
    for expected in ("line 4", "runtime", "fargate", "line 5", "gcp-", "line 3", "region"):
        assert expected in answer.err, answer.err


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("role: rds-to-bigquery", "role: jobs/rds-to-bigquery", "path"),
        ("region: ap-northeast-1, ", "", "region"),
        ('account: "111122223333"', "account: 111122223333", "quote"),
        ("pool: aws-prod", "pool: prd", "4"),
        ("on: projects/acme-analytics", "on: datasets/sales", "projects/"),
    ],
)
def test_a_wrong_value_is_told_with_what_to_write(world: World, wrong: str, right: str, told: str) -> None:
    answer = world.wif("apply", world.setup(SETUP.replace(wrong, right)), "--yes")
    assert answer.code == 64
    assert told in answer.err


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        ('attribute_condition: "attribute.aws_role = 1"', "column"),
        ('attribute_mapping: {google.subject: "assertion.arn.nothing()"}', "undeclared reference to 'nothing'"),
    ],
)
def test_an_expression_that_does_not_compile_is_told_with_its_place(world: World, extra: str, told: str) -> None:
    answer = world.wif("plan", world.setup(SETUP.replace("pool: aws-prod,", f"pool: aws-prod, {extra},")))
    assert answer.code == 64
    assert told in answer.err


def test_a_product_that_takes_no_federated_identity_needs_a_service_account(world: World) -> None:
    answer = world.wif("plan", world.setup(SETUP.replace("roles/bigquery.dataEditor", "roles/run.invoker")))
    assert answer.code == 64
    assert "via: service-account" in answer.err


def test_a_setup_that_is_not_there(world: World) -> None:
    answer = world.wif("plan", str(world.folder / "none.yaml"))
    assert answer.code == 64
    assert "none.yaml" in answer.err


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda c: c.update(audience=c["audience"].replace("123456789012", "acme-analytics")), "number"),
        (lambda c: c.update(audience=c["audience"].split("/providers")[0]), "provider"),
        (lambda c: c.update(token_url="https://sts.attacker.example/v1/token"), "token_url"),
        (lambda c: c.update(credential_source={"executable": {"command": "/bin/true"}}), "executable"),
        (lambda c: c.update(service_account_impersonation_url="https://evil.example/x"), "impersonation"),
        (lambda c: c["credential_source"].update(environment_id="aws2"), "aws1"),
    ],
)
def test_a_configuration_that_misleads_is_refused(world: World, change: Callable[[Any], None], told: str) -> None:
    document = json.loads(json.dumps(CONFIG))
    change(document)
    answer = _tested(world, json.dumps(document))
    assert answer.code == 64
    assert told in answer.err


def test_a_service_account_key_is_called_what_it_is(world: World) -> None:
    key = {"type": "service_account", "project_id": "acme-analytics", "private_key": "-----BEGIN PRIVATE KEY-----x"}
    answer = _tested(world, json.dumps(key))
    assert answer.code == 64
    assert "service account key" in answer.err
    assert "BEGIN PRIVATE KEY" not in answer.err


def test_a_configuration_that_is_not_json(world: World) -> None:
    answer = _tested(world, "{audience: ")
    assert answer.code == 64
    assert "JSON" in answer.err


def test_no_credentials_of_the_operator(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    monkeypatch.setenv("PATH", "/nonexistent")
    answer = world.wif("plan", world.setup())
    assert answer.code == 1
    assert "gcloud auth application-default login" in answer.err


def test_credentials_of_the_operator_that_have_expired(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUDSDK_AUTH_ACCESS_TOKEN", "ya29.long-gone")
    answer = world.wif("plan", world.setup())
    assert answer.code == 1
    assert "CLOUDSDK_AUTH_ACCESS_TOKEN" in answer.err
    assert "ya29.long-gone" not in answer.err


def test_aws_keys_that_nobody_knows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    answer = world.wif("plan", world.setup())
    assert answer.code == 1
    assert "InvalidClientTokenId" in answer.err
    assert "export new AWS access keys" in answer.err


def test_no_aws_keys_at_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    answer = world.wif("plan", world.setup())
    assert answer.code == 1
    assert "AWS_PROFILE" in answer.err


def test_another_account_than_the_setups(world: World) -> None:
    answer = world.wif("plan", world.setup(SETUP.replace('account: "111122223333"', 'account: "999988887777"')))
    assert answer.code == 1
    assert "999988887777" in answer.err
    assert "111122223333" in answer.err


def test_a_project_that_does_not_exist_or_is_not_visible(world: World) -> None:
    answer = world.wif("plan", world.setup(SETUP.replace("acme-analytics", "acme-nowhere")))
    assert answer.code == 1
    assert "acme-nowhere" in answer.err
    assert "google.project" in answer.err


def test_the_file_under_test_is_never_the_operator(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = world.setup()
    beside = world.folder / "copy.json"
    beside.write_text(json.dumps(CONFIG), encoding="utf-8")
    config = world.folder / "under-test.json"
    config.write_text(json.dumps(CONFIG), encoding="utf-8")
    Path(setup).write_text(SETUP.replace("clientLibraryConfig-aws-provider.json", config.name), encoding="utf-8")
    monkeypatch.delenv("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE")
    for named in (config, beside):
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(named))
        answer = world.wif("plan", setup)
        assert answer.code == 1
        assert "which contains the workload's credentials, not yours" in answer.err


def test_no_terminal_and_no_yes(world: World) -> None:
    answer = world.wif("apply", world.setup())
    assert answer.code == 64
    assert "--yes" in answer.err


def test_an_unknown_option_ends_with_64(world: World) -> None:
    assert world.wif("plan", "--frobnicate").code == 64


def _tested(world: World, text: str) -> Answer:
    path = world.folder / "config.json"
    path.write_text(text, encoding="utf-8")
    return world.wif("test", str(path), "--from", "inside")
