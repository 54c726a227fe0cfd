"""Several setups share sessions where these are the same, and only there."""
# ruff: noqa: ARG001 (stand-ins take the arguments of what they stand for)

from pathlib import Path
from typing import Any

import pytest

from wizard.clouds import google_credentials
from wizard.clouds.aws import Aws
from wizard.clouds.google import Google
from wizard.clouds.sessions import Sessions, SharedSessions


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the clouds, by region or quota project."""
    calls: list[str] = []

    def aws(self: Aws, timeouts: object, service: str, operation: str, arguments: object) -> dict[str, Any]:
        calls.append(f"{self._region} {operation}")
        return {"region": self._region}

    def google(self: Google, api: str, method: str, path: str, *_: object) -> dict[str, Any]:
        calls.append(f"{self._quota_project} {path}")
        return {"project": self._quota_project}

    monkeypatch.setattr(Aws, "_call", aws)
    monkeypatch.setattr(Google, "call", google)
    return calls


def test_what_differs_by_region_or_by_quota_project_is_not_shared(asked: list[str]) -> None:
    sessions = SharedSessions("reading", {})
    places = [("acme", "eu-west-1"), ("acme", "us-east-1"), ("globex", "eu-west-1"), ("acme", "eu-west-1")]
    for project, region in places:
        clouds = sessions.clouds(project, region)
        assert clouds.aws.call("ecs", "describe_clusters") == {"region": region}
        assert clouds.google.call("iam", "GET", "/v1/roles") == {"project": project}
    assert sorted(asked) == [
        "acme /v1/roles",
        "eu-west-1 describe_clusters",
        "globex /v1/roles",
        "us-east-1 describe_clusters",
    ]


def test_a_live_test_reads_aws_anew_and_google_once(asked: list[str]) -> None:
    sessions = SharedSessions("testing", {})
    for _ in range(2):
        clouds = sessions.clouds("acme", "eu-west-1")
        clouds.aws.call("iam", "get_role")
        clouds.google.call("iam", "GET", "/v1/roles")
        clouds.google.call("iam", "POST", "/v1/something:write", {})
        assert clouds.facts is not None
    assert asked.count("eu-west-1 get_role") == 2
    assert asked.count("acme /v1/roles") == 1


def test_a_single_setup_has_sessions_of_its_own(asked: list[str]) -> None:
    sessions = Sessions({})
    for _ in range(2):
        clouds = sessions.clouds("acme")
        clouds.google.call("iam", "GET", "/v1/roles")
        assert clouds.facts is None
    assert len(asked) == 2


def test_the_operator_is_found_once_and_a_refusal_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    searches = []

    def find(environ: object, under_test: object = None) -> google_credentials.OperatorCredentials:
        searches.append(1)
        raise google_credentials.missing("the wizard found no access token")

    monkeypatch.setattr(google_credentials, "find_credentials", find)
    operator = google_credentials.OperatorOfSeveral({})
    operator.never(tmp_path / "config.json")
    for _ in range(3):
        with pytest.raises(google_credentials.NoCredentials):
            operator.find()
    assert searches == [1]
