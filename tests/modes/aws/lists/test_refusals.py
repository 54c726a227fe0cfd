"""Where a list may not or cannot be read, that is said in the cloud's words, and soon: typing goes on."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.modes.aws.lists.conftest import WORLD
from tests.setups import mode
from wizard.clouds.errors import CloudError, NoCredentials, Unreachable
from wizard.clouds.session import Clouds
from wizard.sandbox.process import Sandbox
from wizard.setup.answers import Answers
from wizard.work import detecting

AWS = mode("aws")

OFFLINE = {"aws-profiles", "aws-regions"}
OF_AWS = ("aws-accounts", "aws-roles", "job-definitions", "task-definitions")
OF_GOOGLE = ("projects", "pools", "providers", "service-accounts", "grantable-roles")
TOKEN = "ya29.made-up-for-this-test"


def test_listing_that_is_denied_is_told_in_the_clouds_words(
    tmp_path: Path, lead_to: Callable[[Sandbox], Clouds], answers: Answers
) -> None:
    text = WORLD.read_text(encoding="utf-8")
    actions = ["iam:ListRoles", "batch:*", "ecs:ListTaskDefinitionFamilies", "ecs:ListServices"]
    denied = f"  operator: operator\n  deny: {actions}\n"
    text = text.replace("  operator: operator\n", denied)
    text = text.replace("role: roles/owner", "role: roles/browser", 1)
    scenario = tmp_path / "denied.yaml"
    scenario.write_text(text, encoding="utf-8")
    with Sandbox(str(scenario)) as sandbox:
        clouds = lead_to(sandbox)
        answers.set("aws.task_definition", "reports")
        for name in ("aws-roles", "job-definitions", "task-definitions", "ecs-services"):
            with pytest.raises(CloudError, match="is not authorized to perform"):
                detecting.listing(AWS, name, clouds, answers)
        elsewhere = Clouds("acme-secret", "ap-northeast-1")
        for name in ("pools", "service-accounts"):
            with pytest.raises(CloudError) as refused:
                detecting.listing(AWS, name, elsewhere, answers)
            assert refused.value.status == 403
        assert detecting.listing(AWS, "aws-accounts", clouds, answers)


def test_a_task_definition_that_may_not_be_read_is_listed_without_its_role(
    tmp_path: Path, lead_to: Callable[[Sandbox], Clouds], answers: Answers
) -> None:
    scenario = tmp_path / "denied.yaml"
    text = WORLD.read_text(encoding="utf-8").replace(
        "  operator: operator\n", "  operator: operator\n  deny: ['ecs:DescribeTaskDefinition']\n"
    )
    scenario.write_text(text, encoding="utf-8")
    with Sandbox(str(scenario)) as sandbox:
        found = detecting.listing(AWS, "task-definitions", lead_to(sandbox), answers)
    assert [(each.value, each.note) for each in found] == [("reports", ""), ("without-role", "")]


@pytest.mark.parametrize("name", [*OF_AWS, *OF_GOOGLE])
def test_without_credentials_every_list_says_so(
    name: str, answers: Answers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no gcloud either
    with pytest.raises(NoCredentials) as refused:
        detecting.listing(AWS, name, Clouds("acme-analytics", "ap-northeast-1"), answers)
    assert refused.value.hint


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> Clouds:
    """Clouds whose addresses nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("CLOUDSDK_AUTH_ACCESS_TOKEN", TOKEN)
    monkeypatch.setenv("HTTPS_PROXY", address)
    return Clouds("acme-analytics", "ap-northeast-1")


@pytest.mark.parametrize("name", sorted(set(AWS.readers()) - OFFLINE - {"service-accounts"}))
def test_without_network_every_list_gives_up_after_seconds(
    name: str, nobody: Clouds, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.detect.google_lists.RETRY_FOR", 0.1)
    answers.set("aws.cluster", "shop")
    answers.set("aws.namespace", "orders")
    answers.set("aws.task_definition", "reports")
    with pytest.raises(Unreachable) as refused:
        detecting.listing(AWS, name, nobody, answers)
    assert TOKEN not in str(refused.value)


def test_without_network_the_list_of_service_accounts_gives_up_too(
    nobody: Clouds, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.detect.google_lists.RETRY_FOR", 0.1)
    with pytest.raises(CloudError, match="UNREACHABLE"):
        detecting.listing(AWS, "service-accounts", nobody, answers)


def test_nobody_waits_longer_than_seconds() -> None:
    from wizard.clouds.aws import SHORT
    from wizard.detect.live import RETRY_FOR

    assert RETRY_FOR <= 5
    assert SHORT.connect * SHORT.attempts <= 10


@pytest.mark.parametrize("name", sorted(OFFLINE))
def test_what_this_machine_knows_needs_no_network(name: str, nobody: Clouds, answers: Answers) -> None:
    assert detecting.listing(AWS, name, nobody, answers).note == ""


def test_accounts_of_profiles_are_listed_without_network(
    nobody: Clouds, answers: Answers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text("[profile staging]\nsso_account_id = 444455556666\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert [each.value for each in detecting.listing(AWS, "aws-accounts", nobody, answers)] == ["444455556666"]
