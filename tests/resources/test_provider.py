"""The AWS provider of a pool: one that exists is widened, and nobody loses access."""

from dataclasses import replace

import pytest

from tests.resources.writing import action, change_of, finish, write
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Refused
from wizard.federation.aws import AWS_DEFAULT_MAPPING, condition_for, role_attribute
from wizard.federation.aws_identities import RoleSessions
from wizard.resources.kind import Needed
from wizard.resources.provider import AwsProvider
from wizard.resources.provider_texts import own_provider

OURS = {**AWS_DEFAULT_MAPPING, "attribute.account": "assertion.account"}
ACCOUNT = "111122223333"
ARN = role_attribute(ACCOUNT, "rds-to-bigquery")
CONDITION = condition_for(ACCOUNT, "rds-to-bigquery")


def provider(name: str, pool: str = "aws-prod", **more: str) -> AwsProvider:
    """A provider that admits one role."""
    project = more.get("project", "acme-analytics")
    return AwsProvider(project, pool, name, RoleSessions(ACCOUNT, "rds-to-bigquery"), OURS)


def test_a_new_provider_reads_as_it_was_wanted_and_is_deleted(clouds: Clouds) -> None:
    wanted = provider("new-one")
    assert write(wanted, clouds).action == "create"
    assert wanted.read(clouds) == {**wanted.desired(), "type": "aws"}
    finish(wanted.delete(clouds))
    assert change_of(wanted, clouds).action == "undelete"


def test_a_provider_that_is_shared_is_widened(clouds: Clouds) -> None:
    """What is mapped keeps its expression, what is missing is added, and the condition admits both."""
    wanted = provider("shared-well")
    before = wanted.read(clouds)
    assert before is not None
    assert write(wanted, clouds).action == "update"
    after = wanted.read(clouds)
    assert after is not None
    assert after["mapping"] == {**before["mapping"], "attribute.account": "assertion.account"}
    assert after["condition"] == f"(attribute.team == 'others') || ({CONDITION})"
    assert action(wanted, clouds) == "none"


def test_two_roles_share_a_provider(clouds: Clouds) -> None:
    first = provider("for-two")
    second = replace(first, sessions=RoleSessions(ACCOUNT, "second"))
    for wanted in (first, second):
        write(wanted, clouds)
    assert [action(wanted, clouds) for wanted in (first, second)] == ["none", "none"]


def test_only_what_differs_is_written(clouds: Clouds) -> None:
    """A change of the condition leaves alone what somebody else has changed since the review."""
    wanted = replace(provider("narrow"), mapping=AWS_DEFAULT_MAPPING)
    change = change_of(wanted, clouds)
    assert [field.key for field in change.fields] == ["condition"]
    clouds.google.call("iam", "PATCH", f"/v1/{wanted.name}", {"disabled": True}, {"updateMask": "disabled"})
    finish(wanted.update(clouds, change))
    after = wanted.read(clouds)
    assert after is not None
    assert (after["condition"], after["disabled"]) == (f"attribute.aws_role in ['nobody', '{ARN}']", True)


def test_a_provider_without_a_mapping_has_the_default_in_effect(clouds: Clouds) -> None:
    wanted = replace(provider("unmapped"), mapping=AWS_DEFAULT_MAPPING)
    assert action(wanted, clouds) == "none"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("of-another-account", "is for the AWS account 444455556666, but the setup is for 111122223333"),
        ("for-oidc", "is for OpenID Connect (OIDC), not for AWS"),
        ("for-saml", "is for SAML, not for AWS"),
        ("whole-arn", "attribute.aws_role contains the name of the session"),
        ("long", "the condition would have"),
    ],
)
def test_a_provider_that_cannot_serve_is_refused_with_one_of_its_own(clouds: Clouds, name: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        change_of(provider(name), clouds)
    assert reason in refused.value.message
    assert "write `provider: aws-rds-to-bigquery` in the google section" in refused.value.message


def test_the_name_of_an_own_provider_is_valid_and_free() -> None:
    assert own_provider("Team_A+b.c", "x") == "aws-team-a-b-c"
    assert own_provider("r" * 64, "x") == f"aws-{'r' * 28}"
    assert own_provider("r" * 64, f"aws-{'r' * 28}") == f"aws-{'r' * 26}-2"


def test_a_deleted_provider_is_undeleted_first_and_then_widened(clouds: Clouds) -> None:
    wanted = provider("thrown-away")
    assert write(wanted, clouds).action == "undelete"
    assert write(wanted, clouds).action == "update"
    assert action(wanted, clouds) == "none"


def test_who_can_get_tokens_again_is_said_and_confirmed() -> None:
    assert impact(condition="") is None
    assert impact(disabled=True, condition="") == (
        "The provider is disabled. The wizard will enable the provider. These identities can then get tokens again: "
        "every identity in the AWS account 111122223333. To leave the provider disabled, write the name of a new "
        "provider in the setup."
    )
    assert "can then get tokens again: x, y." in str(
        impact(disabled=True, condition="attribute.aws_role in ['x', 'y']")
    )
    deleted = impact(state="DELETED", condition="assertion.arn != ''")
    assert deleted == (
        "The provider is deleted. The wizard will undelete the provider. These identities can then get tokens again: "
        "every identity that meets the condition assertion.arn != ''."
    )


def test_what_the_role_gains_is_said_when_the_change_admits_it() -> None:
    wanted = replace(provider("shared"), gained=("The role also gets X.",))
    for before, said in (
        (None, ["The role also gets X."]),
        (wanted.desired(), []),
        ({**wanted.desired(), "condition": "attribute.aws_role == 'x'"}, ["The role also gets X."]),
        ({**wanted.desired(), "disabled": True}, ["The role also gets X."]),
    ):
        assert wanted.gains(Change(wanted, before, wanted.desired_with(before))) == said


def test_a_weak_condition_is_noted_with_an_identity_that_gets_in() -> None:
    wanted = provider("shared")
    assert wanted.notes(Change(wanted, None, wanted.desired())) == []
    weak = {**wanted.desired(), "condition": "assertion.arn.contains('assumed-role/rds-to-bigquery/')"}
    assert wanted.notes(Change(wanted, weak, wanted.desired_with(weak))) == [
        "The attribute condition also allows identities that are not the role rds-to-bigquery, for example "
        "arn:aws:iam::111122223333:user/assumed-role/rds-to-bigquery/someone."
    ]


def impact(**before: object) -> str | None:
    """What is to be confirmed for a change from this state."""
    wanted = provider("told")
    state = {**wanted.desired(), **before}
    return wanted.impact(Change(wanted, state, wanted.desired_with(state)))


WHERE = "by-hand --location=global --workload-identity-pool=aws-prod --project=acme-analytics"
BASE = "gcloud iam workload-identity-pools providers"


def test_the_command_for_a_new_provider() -> None:
    wanted = provider("by-hand")
    (command,) = wanted.commands(Change(wanted, None, wanted.desired()))
    assert command.startswith(f"{BASE} create-aws {WHERE} --account-id=111122223333 --attribute-mapping=")
    assert command.endswith("rds-to-bigquery'\"'\"''")


def test_the_command_for_a_change_has_only_the_flags_that_change() -> None:
    wanted = provider("by-hand")
    state = {**wanted.desired(), "condition": "attribute.team == 'x'", "disabled": True}
    (command,) = wanted.commands(Change(wanted, state, wanted.desired_with(state)))
    assert command.startswith(f"{BASE} update-aws {WHERE} --no-disabled --attribute-condition='(attribute.team ==")


def test_the_command_for_a_mapping_has_the_attributes_of_others_too() -> None:
    wanted = provider("by-hand")
    theirs = {"google.subject": "assertion.arn", "attribute.team": "'reports, and more'"}
    state = {**wanted.desired(), "mapping": theirs}
    (command,) = wanted.commands(Change(wanted, state, wanted.desired_with(state)))
    for key in ("'^;^google.subject=", ";attribute.aws_role=", ";attribute.account=", ";attribute.team="):
        assert command.count(key) == 1


def test_the_commands_for_a_deleted_provider() -> None:
    wanted = provider("by-hand")
    state = {**wanted.desired(), "state": "DELETED", "condition": "false"}
    change = Change(wanted, state, wanted.desired_with(state))
    undelete, update = wanted.commands(change)
    assert undelete == f"{BASE} undelete {WHERE}"
    assert update.startswith(f"{BASE} update-aws {WHERE} --attribute-condition='(false) || ")
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
    assert wanted.unreadable(off.value) == "the API iam.googleapis.com is not enabled yet"
    assert wanted.not_yet(off.value)
