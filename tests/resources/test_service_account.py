"""The service account to impersonate: a new one comes and goes, and is believed when it stays."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.resources.writing import action, change_of, write
from wizard.clouds.errors import CloudError, NoCredentials
from wizard.clouds.session import Clouds
from wizard.engine.apply import apply
from wizard.engine.journal import Journal
from wizard.engine.plan import plan
from wizard.engine.resource import Change
from wizard.resources.kind import Needed
from wizard.resources.service_account import ServiceAccount

Calls = Callable[[], list[dict[str, Any]]]


def account(name: str, project: str = "acme-analytics") -> ServiceAccount:
    """An account of the project."""
    return ServiceAccount(project, f"{name}@{project}.iam.gserviceaccount.com")


def test_a_new_account_is_believed_after_three_good_reads_in_a_row_and_is_deleted(
    clouds: Clouds, calls: Calls, tmp_path: Path
) -> None:
    wanted = account("new-loader")
    found = plan([wanted], clouds)
    result = apply(found, clouds, lambda _: None, Journal(tmp_path / "journal.db"), title="", setup="")
    assert result.ok
    answers = [(each["kind"], each["status"]) for each in calls()]
    assert ("read", 404) in answers[answers.index(("write", 200)) :], "the sandbox lets a new one come and go"
    assert answers[-4:] == [("read", 404), *[("read", 200)] * 3]
    wanted.delete(clouds)
    assert wanted.read(clouds) is None


def test_a_disabled_account_is_enabled_and_that_is_told_before(clouds: Clouds) -> None:
    wanted = account("switched-off")
    change = write(wanted, clouds)
    assert change.action == "update"
    assert wanted.impact(change) == (
        "someone disabled the service account; the wizard enables the account again, for everyone who uses the account"
    )
    assert wanted.read(clouds) == wanted.desired()


def test_an_account_that_is_there_is_left_as_it_is(clouds: Clouds) -> None:
    assert action(account("nightly"), clouds) == "none"


@pytest.mark.parametrize(("before", "verb"), [(None, "create"), ({"disabled": True}, "enable")])
def test_the_command_by_hand_and_what_it_takes(before: dict[str, object] | None, verb: str) -> None:
    wanted = account("by-hand")
    change = Change(wanted, before and {**wanted.desired(), **before}, wanted.desired())
    name = "by-hand" if verb == "create" else wanted.email
    title = " --display-name='by-hand (federated workload)'" if verb == "create" else ""
    assert wanted.commands(change) == [f"gcloud iam service-accounts {verb} {name} --project=acme-analytics{title}"]
    assert wanted.permissions(change) == [Needed("google", f"iam.serviceAccounts.{verb}", "acme-analytics")]
    assert (wanted.impact(change) is None) == (verb == "create")


def test_one_that_is_there_already_has_moved(clouds: Clouds) -> None:
    with pytest.raises(CloudError) as taken:
        account("nightly").create(clouds)
    assert taken.value.status == 409
    assert account("nightly").moved(taken.value)
    assert not account("nightly").not_yet(taken.value)


def test_a_refusal_is_told_in_googles_words(clouds: Clouds) -> None:
    foreign = account("loader", project="acme-ledger")
    with pytest.raises(CloudError) as refused:
        foreign.create(clouds)
    assert (refused.value.status, refused.value.reason) == (403, "PERMISSION_DENIED")
    assert not (foreign.moved(refused.value) or foreign.not_yet(refused.value))


def test_where_the_api_is_off_nothing_can_be_read_yet(clouds: Clouds) -> None:
    wanted = account("loader", project="acme-new")
    with pytest.raises(CloudError) as off:
        change_of(wanted, Clouds("acme-new", environ=clouds.environ))
    assert wanted.unreadable(off.value) == "the API iam.googleapis.com is not enabled yet"
    assert wanted.not_yet(off.value)


def test_a_busy_service_is_asked_again(clouds: Clouds, calls: Calls) -> None:
    assert account("busy").read(clouds) is None
    assert [each["status"] for each in calls()] == [429, 429, 404]


def test_a_token_that_google_does_not_take_is_told_as_missing_credentials(clouds: Clouds, tmp_path: Path) -> None:
    expired = tmp_path / "token"
    expired.write_text("ya29.expired", encoding="utf-8")
    environ = {**clouds.environ, "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(expired)}
    with pytest.raises(NoCredentials):
        account("nightly").read(Clouds("acme-analytics", environ=environ))
