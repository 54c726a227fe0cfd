"""The AWS provider of a pool: what is there stays, and what others mapped stays mapped."""

from dataclasses import replace

import pytest

from tests.resources.writing import action, change_of, finish, write
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change
from wizard.federation.aws import AWS_DEFAULT_MAPPING, condition_for
from wizard.resources.kind import Needed
from wizard.resources.provider import AwsProvider

OURS = {**AWS_DEFAULT_MAPPING, "attribute.account": "assertion.account"}
CONDITION = condition_for("111122223333", "rds-to-bigquery")


def provider(name: str, pool: str = "aws-prod", **more: str) -> AwsProvider:
    """A provider that admits one role."""
    return AwsProvider(more.get("project", "acme-analytics"), pool, name, "111122223333", OURS, CONDITION)


def test_a_new_provider_reads_as_it_was_wanted_and_is_deleted(clouds: Clouds) -> None:
    wanted = provider("new-one")
    assert write(wanted, clouds).action == "create"
    assert wanted.read(clouds) == wanted.desired()
    finish(wanted.delete(clouds))
    assert change_of(wanted, clouds).action == "undelete"


def test_attributes_that_others_mapped_stay(clouds: Clouds) -> None:
    wanted = provider("shared")
    before = wanted.read(clouds)
    assert before is not None
    assert before["mapping"].keys() - OURS.keys() == {"attribute.team"}
    assert write(wanted, clouds).action == "update"
    after = wanted.read(clouds)
    assert after is not None
    assert after["mapping"] == {**OURS, "attribute.team": before["mapping"]["attribute.team"]}
    assert action(wanted, clouds) == "none"


def test_the_command_by_hand_keeps_the_attributes_that_others_mapped() -> None:
    wanted = provider("by-hand")
    theirs = {"google.subject": "assertion.arn", "attribute.team": "'reports'"}
    change = Change(wanted, {**wanted.desired(), "mapping": theirs}, wanted.desired())
    (command,) = wanted.commands(change)
    for key in ("google.subject=", "attribute.aws_role=", "attribute.account=", "attribute.team="):
        assert command.count(key) == 1


def test_only_what_differs_is_written(clouds: Clouds) -> None:
    """A change of the condition leaves alone what somebody else has changed since the review."""
    wanted = replace(provider("narrow"), mapping={"google.subject": "assertion.arn"})
    change = change_of(wanted, clouds)
    assert [field.key for field in change.fields] == ["condition"]
    clouds.google.call("iam", "PATCH", f"/v1/{wanted.name}", {"disabled": True}, {"updateMask": "disabled"})
    finish(wanted.update(clouds, change))
    after = wanted.read(clouds)
    assert after is not None
    assert (after["condition"], after["disabled"]) == (CONDITION, True)
    assert set(after["mapping"]) == {"google.subject", "attribute.aws_role"}


def test_another_account_and_a_disabled_provider_are_put_right(clouds: Clouds) -> None:
    wanted = provider("of-another-account")
    change = write(wanted, clouds)
    assert {"account", "disabled"} <= {field.key for field in change.fields}
    assert wanted.read(clouds) == wanted.desired()


def test_a_deleted_provider_is_undeleted_first_and_then_put_right(clouds: Clouds) -> None:
    wanted = provider("thrown-away")
    assert write(wanted, clouds).action == "undelete"
    assert write(wanted, clouds).action == "update"
    assert action(wanted, clouds) == "none"


def test_what_a_change_does_to_workloads_that_use_the_provider_is_told(clouds: Clouds) -> None:
    assert provider("absent").impact(change_of(provider("absent"), clouds)) is None
    wanted = provider("told")
    assert impact(wanted, account="444455556666") == "workloads of the previous account can no longer get tokens"
    assert impact(wanted, mapping={}) == "grants that name attributes of the old mapping no longer match"
    assert impact(wanted, condition="") == "only workloads that meet the new condition can get tokens"
    assert impact(wanted, disabled=True) == "the provider exchanges tokens again"


def impact(wanted: AwsProvider, **before: object) -> str | None:
    """What is told of a change from another state."""
    return wanted.impact(Change(wanted, {**wanted.desired(), **before}, wanted.desired()))


@pytest.mark.parametrize(
    ("before", "verb", "ending"),
    [(None, "create-aws", "rds-to-bigquery'\"'\"''"), ({"condition": ""}, "update-aws", "--no-disabled")],
)
def test_the_commands_by_hand(before: dict[str, object] | None, verb: str, ending: str) -> None:
    wanted = provider("by-hand")
    state = before if before is None else {**wanted.desired(), **before}
    (command,) = wanted.commands(Change(wanted, state, wanted.desired()))
    where = "--location=global --workload-identity-pool=aws-prod --project=acme-analytics"
    assert command.startswith(f"gcloud iam workload-identity-pools providers {verb} by-hand {where} --account-id=")
    assert command.endswith(ending)


def test_the_command_for_a_deleted_provider() -> None:
    wanted = provider("by-hand")
    change = Change(wanted, {"state": "DELETED"}, wanted.desired())
    (command,) = wanted.commands(change)
    assert " providers undelete by-hand " in command
    assert wanted.permissions(change) == [
        Needed("google", "iam.workloadIdentityPoolProviders.undelete", "acme-analytics")
    ]


def test_one_that_is_there_already_has_moved_and_a_pool_that_is_not_there_is_not_there_yet(clouds: Clouds) -> None:
    there, early = provider("shared"), provider("early", pool="not-there")
    with pytest.raises(CloudError) as taken:
        there.create(clouds)
    assert taken.value.status == 409
    assert there.moved(taken.value) and not there.not_yet(taken.value)
    with pytest.raises(CloudError) as missing:
        early.create(clouds)
    assert missing.value.status == 404
    assert early.not_yet(missing.value) and not early.moved(missing.value)


def test_a_refusal_is_told_in_googles_words(clouds: Clouds) -> None:
    foreign = provider("x-provider", project="acme-ledger")
    with pytest.raises(CloudError) as refused:
        foreign.read(clouds)
    assert (refused.value.status, refused.value.reason) == (403, "PERMISSION_DENIED")
    assert not foreign.not_yet(refused.value)
    assert foreign.unreadable(refused.value) is None


def test_where_the_api_is_off_nothing_can_be_read_yet(clouds: Clouds) -> None:
    wanted = provider("x-provider", project="acme-new")
    with pytest.raises(CloudError) as off:
        wanted.read(Clouds("acme-new", environ=clouds.environ))
    assert wanted.unreadable(off.value) == "iam.googleapis.com is not enabled yet"
    assert wanted.not_yet(off.value)
