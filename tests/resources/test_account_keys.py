"""Keys of the service account that a workload used before: seen, disabled last, and enabled again by a revert."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.resources.writing import planned_revert, revert
from wizard.clouds.session import Clouds
from wizard.engine.plan import plan
from wizard.engine.resource import Change
from wizard.modes import afterwards, risks
from wizard.resources import account_keys
from wizard.resources.account_keys import DisabledKeys
from wizard.sandbox.process import Sandbox

PROJECT, EMAIL = "acme-analytics", "loader@acme-analytics.iam.gserviceaccount.com"
KEYS = [
    {"id": "aaaa", "last_used": "2026-11-20T08:30:00+00:00"},
    {"id": "bbbb", "disabled": True},
    "cccc",
]


def scenario(services: list[str]) -> str:
    """A project with an account that has three keys, one of which is disabled."""
    account = {"id": "loader", "keys": KEYS}
    owner = {"role": "roles/owner", "members": ["user:operator@acme.example"]}
    enabled = [f"{name}.googleapis.com" for name in ("iam", "cloudresourcemanager", *services)]
    project = {"id": PROJECT, "number": "123456789012", "services": enabled, "policy": [owner]}
    google = {"operator": "user:operator@acme.example", "projects": [{**project, "service_accounts": [account]}]}
    return yaml.safe_dump({"title": "keys", "google": google})


@pytest.fixture(params=[["policyanalyzer"]], ids=["analyzer"])
def clouds(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Clouds]:
    """The operator's sessions in a sandbox; the parameter has the APIs that are enabled besides."""
    file = tmp_path / "keys.yaml"
    file.write_text(scenario(request.param), encoding="utf-8")
    with Sandbox(str(file)) as sandbox:
        yield Clouds(PROJECT, environ=sandbox.environ({"HOME": str(tmp_path)}))


def change(clouds: Clouds) -> Change:
    (found,) = plan([DisabledKeys(PROJECT, EMAIL)], clouds).changes
    return found


def states(clouds: Clouds) -> dict[str, bool]:
    """Whether each key is enabled now."""
    path = f"/v1/projects/{PROJECT}/serviceAccounts/{EMAIL}/keys"
    listed: list[dict[str, Any]] = clouds.google.call("iam", "GET", path)["keys"]
    return {key["name"].rpartition("/")[2]: not key.get("disabled", False) for key in listed}


def test_enabled_keys_are_disabled_and_enabled_again(clouds: Clouds) -> None:
    found = change(clouds)
    assert (found.action, (found.before or {})["enabled"]) == ("update", ["aaaa", "cccc"])

    found.resource.update(clouds, found)
    assert states(clouds) == {"aaaa": False, "bbbb": False, "cccc": False}
    assert change(clouds).action == "none"

    (taken,) = planned_revert(found, clouds).plan.changes
    assert taken.resource.impact(taken) == (
        f"Everyone who has the key aaaa can act as {EMAIL} again. The key was last used on 2026-11-20. Everyone who "
        f"has the key cccc can act as {EMAIL} again. Google Cloud has no record that the key was used."
    )
    assert revert(found, clouds) == []
    assert states(clouds) == {"aaaa": True, "bbbb": False, "cccc": True}


def test_a_key_that_someone_enabled_in_between_does_not_keep_the_others_disabled(clouds: Clouds) -> None:
    found = change(clouds)
    found.resource.update(clouds, found)
    path = f"/v1/projects/{PROJECT}/serviceAccounts/{EMAIL}/keys/cccc:enable"
    clouds.google.call("iam", "POST", path, {})
    assert revert(found, clouds) == []
    assert states(clouds) == {"aaaa": True, "bbbb": False, "cccc": True}


def test_keys_that_do_not_exist_any_more_are_told(clouds: Clouds) -> None:
    found = change(clouds)
    gone = Change(found.resource, {"enabled": ["gone"]}, found.after)
    assert revert(gone, clouds) == ["Someone deleted the resource after the run."]


def test_whoever_still_uses_a_key_is_a_loser_and_the_last_use_is_said(clouds: Clouds) -> None:
    found = change(clouds)
    assert found.resource.losers(found) == [
        f"Applications that still use the key aaaa lose the access of {EMAIL}. The key was last used on 2026-11-20",
        f"Applications that still use the key cccc lose the access of {EMAIL}. Google Cloud has no record that the key "
        "was used",
    ]


@pytest.mark.parametrize("clouds", [[]], ids=["no analyzer"], indirect=True)
def test_an_unknown_last_use_is_not_taken_for_none(clouds: Clouds) -> None:
    found = change(clouds)
    (first, _) = found.resource.losers(found)
    assert "The wizard could not read when the key was last used: " in first
    assert "has not been used in project" in first


def test_the_keys_that_are_left_are_named_after_a_test(clouds: Clouds) -> None:
    first, second = afterwards.keys(clouds, PROJECT, EMAIL)
    assert "is still enabled, and was last used on 2026-11-20" in first
    assert "disable_keys: true" in second
    found = change(clouds)
    found.resource.update(clouds, found)
    assert afterwards.keys(clouds, PROJECT, EMAIL) == [
        f"The service account {EMAIL}, which the workload previously used, has no enabled key."
    ]


def test_keys_that_cannot_be_read_are_said_to_be_unknown(clouds: Clouds) -> None:
    (told,) = afterwards.keys(clouds, PROJECT, "nobody@acme-analytics.iam.gserviceaccount.com")
    assert told.startswith("The workload previously used the service account nobody@")
    assert "The wizard could not read the keys of this service account: " in told


def test_logs_name_the_principal_or_the_account_and_bigquery_only_where_it_is_used() -> None:
    direct = afterwards.logs("assumed-role/loader", None, ["roles/spanner.databaseUser"])
    assert ["principalSubject" in note for note in direct] == [True]
    through = afterwards.logs("assumed-role/loader", EMAIL, ["roles/bigquery.jobUser"])
    assert [EMAIL in note for note in through] == [True, True]
    assert "user_email" in through[1]


def test_a_key_that_still_works_is_a_risk_and_is_disabled_only_with_its_last_use_known(
    clouds: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = risks.keys_left(clouds, PROJECT, EMAIL)
    assert {risk.code for risk in told} == {"WIF1006"}
    assert len(told) == 2, "the third key is disabled"
    assert all("gcloud iam service-accounts keys disable" in risk.fix for risk in told)
    monkeypatch.setattr(account_keys, "_uses", lambda *_: account_keys.LastUse("unknown", "no permission"))
    unread = risks.keys_left(clouds, PROJECT, EMAIL)
    assert not any("disable" in risk.fix for risk in unread)
    assert all("no permission" in risk.evidence[0] for risk in unread)
