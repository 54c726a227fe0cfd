"""The IAM role of a workload: made for its runtime, and where it is there already, widened by one statement."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.resources.writing import action, change_of, write
from wizard.clouds.errors import CloudError, NoCredentials
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Refused
from wizard.federation.trust import TrustedService, trust_policy
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.resources.aws_role import Role
from wizard.resources.kind import Needed

ACCOUNT, REGION = "111122223333", "ap-northeast-1"
ECS = "ecs-tasks.amazonaws.com"


def role(name: str, runtime: str = "batch-fargate") -> Role:
    """A role of the account."""
    return Role(ACCOUNT, REGION, name, RUNTIMES[runtime].trusted_service(ACCOUNT, REGION))


def make(clouds: Clouds, name: str, *found: dict[str, Any], path: str = "/") -> Role:
    """Create a role with these statements, and return what the setup wants of it."""
    document = json.dumps({"Version": "2012-10-17", "Statement": list(found)})
    clouds.aws.call("iam", "create_role", RoleName=name, Path=path, AssumeRolePolicyDocument=document)
    return role(name)


def allow(service: str = ECS, **more: Any) -> dict[str, Any]:
    """A statement of someone else."""
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **more}


def deny(**more: Any) -> dict[str, Any]:
    """A Deny of someone else."""
    return {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", **more}


def assumable_by(wanted: Role, clouds: Clouds) -> str:
    """Who can assume the role now."""
    state = wanted.read(clouds)
    assert state is not None
    return str(state["assumable_by"])


def statements(wanted: Role, clouds: Clouds) -> list[dict[str, object]]:
    """The statements of its trust policy now."""
    document = wanted.trust_policy(clouds)
    assert document is not None
    found = document["Statement"]
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize("runtime", ["batch-fargate", "ec2", "lambda"])
def test_a_new_role_trusts_its_runtime_and_is_deleted(clouds: Clouds, runtime: str) -> None:
    wanted = role(f"new-{runtime}", runtime)
    assert write(wanted, clouds).action == "create"
    assert wanted.trust_policy(clouds) == trust_policy(RUNTIMES[runtime].trusted_service(ACCOUNT, REGION))
    assert action(wanted, clouds) == "none"
    wanted.delete(clouds)
    assert wanted.read(clouds) is None


def test_a_role_that_trusts_the_service_is_left_as_it_is(clouds: Clouds) -> None:
    assert action(role("for-batch"), clouds) == "none"
    assert action(role("for-lambda", "lambda"), clouds) == "none"


@pytest.mark.parametrize("name", ["shared", "one-statement"])
def test_statements_of_others_stay(clouds: Clouds, name: str) -> None:
    wanted = role(name)
    theirs = statements(wanted, clouds)
    change = write(wanted, clouds)
    assert change.action == "update"
    assert "keeps the other statements" in str(wanted.impact(change))
    now = statements(wanted, clouds)
    assert now[:-1] == theirs
    assert now[-1] == {
        **trust_policy(RUNTIMES["batch-fargate"].trusted_service(ACCOUNT, REGION))["Statement"][0],
        "Sid": "WifWizardRuntimeEcsTasksApNortheast1",
    }
    assert action(wanted, clouds) == "none"


def test_a_condition_that_does_not_hold_here_is_not_taken_for_trust(clouds: Clouds) -> None:
    wanted = role("of-another-cluster")
    (theirs,) = statements(wanted, clouds)
    assert assumable_by(wanted, clouds) == "ecs-tasks.amazonaws.com (for other workloads)"
    assert write(wanted, clouds).action == "update"
    assert theirs in statements(wanted, clouds)
    assert action(wanted, clouds) == "none"


def test_a_statement_that_came_after_the_review_stays(clouds: Clouds) -> None:
    """Trust policies have no etag: the policy is read again just before it is written."""
    wanted = role("for-lambda")
    change = change_of(wanted, clouds)
    later = {"Sid": "Later", "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}
    document = wanted.trust_policy(clouds) or {}
    document["Statement"].append({**later, "Action": "sts:AssumeRole"})
    policy = json.dumps(document)
    clouds.aws.call("iam", "update_assume_role_policy", RoleName=wanted.role, PolicyDocument=policy)
    wanted.update(clouds, change)
    assert "Later" in [each.get("Sid") for each in statements(wanted, clouds)]


def test_who_may_assume_it_now_is_told(clouds: Clouds) -> None:
    assert assumable_by(role("in-a-profile"), clouds) == "ec2.amazonaws.com"
    policy = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]}
    document = json.dumps({"Version": "2012-10-17", **policy})
    clouds.aws.call("iam", "create_role", RoleName="nobody", AssumeRolePolicyDocument=document)
    assert assumable_by(role("nobody"), clouds) == "no service"


def test_the_command_by_hand_for_a_new_role() -> None:
    wanted = role("by-hand")
    change = Change(wanted, None, wanted.desired())
    (command,) = wanted.commands(change)
    first, *document, last = command.splitlines()
    assert first.startswith("aws iam create-role --role-name by-hand ") and first.endswith(" <<'EOF'")
    assert last == "EOF"
    assert json.loads("\n".join(document)) == trust_policy(RUNTIMES["batch-fargate"].trusted_service(ACCOUNT, REGION))
    assert wanted.impact(change) is None
    assert wanted.permissions(change) == [Needed("aws", "iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/by-hand")]


def test_the_command_by_hand_for_a_role_that_is_there_has_the_whole_policy(clouds: Clouds) -> None:
    theirs = allow("ec2.amazonaws.com", Sid="It", Condition={"StringEquals": {"aws:userid": "it's $HOME `x`"}})
    wanted = make(clouds, "by-hand", theirs, path="/team/")
    change = change_of(wanted, clouds)
    (command,) = wanted.commands(change)
    first, *document, _ = command.splitlines()
    assert first.startswith("aws iam update-assume-role-policy --role-name by-hand --policy-document ")
    kept, ours = json.loads("\n".join(document))["Statement"]
    assert kept == theirs
    assert ours["Sid"] == "WifWizardRuntimeEcsTasksApNortheast1"
    arn = f"arn:aws:iam::{ACCOUNT}:role/team/by-hand"
    assert wanted.permissions(change) == [Needed("aws", "iam:UpdateAssumeRolePolicy", arn)]


def test_each_service_and_each_region_has_a_statement_of_its_own(clouds: Clouds) -> None:
    old = {**allow("states.amazonaws.com"), "Sid": "WifWizardRuntime"}
    make(clouds, "of-many", old, allow("ec2.amazonaws.com"))
    tokyo, dublin = role("of-many"), Role(ACCOUNT, "eu-west-1", "of-many", _in("eu-west-1"))
    for wanted in (role("of-many", "lambda"), tokyo, dublin):
        assert write(wanted, clouds).action == "update"
    sids = [each.get("Sid", "") for each in statements(tokyo, clouds)]
    region = ["WifWizardRuntimeEcsTasksApNortheast1", "WifWizardRuntimeEcsTasksEuWest1"]
    assert sids == ["WifWizardRuntime", "", "WifWizardRuntimeLambda", *region]
    for wanted in (role("of-many", "lambda"), role("of-many", "ec2"), tokyo, dublin):
        assert action(wanted, clouds) == "none"


def _in(region: str) -> TrustedService:
    return RUNTIMES["ecs-fargate"].trusted_service(ACCOUNT, region)


def test_a_statement_of_ours_that_someone_has_changed_stays(clouds: Clouds) -> None:
    theirs = allow("ec2.amazonaws.com", Sid="WifWizardRuntimeEcsTasksApNortheast1")
    wanted = make(clouds, "changed", theirs)
    write(wanted, clouds)
    kept, ours = statements(wanted, clouds)
    assert kept == theirs
    assert ours["Sid"] == "WifWizardRuntimeEcsTasksApNortheast12"
    assert action(wanted, clouds) == "none"


def test_a_condition_that_the_runtime_meets_is_left_alone(clouds: Clouds) -> None:
    wanted = make(clouds, "sound", allow(Condition={"StringEquals": {"aws:ResourceAccount": ACCOUNT}}))
    assert action(wanted, clouds) == "none"
    assert wanted.notes(change_of(wanted, clouds)) == []


def test_what_is_not_known_is_noted_and_nothing_is_added(clouds: Clouds) -> None:
    wanted = make(clouds, "in-an-organization", allow(Condition={"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}))
    change = change_of(wanted, clouds)
    assert change.action == "none"
    (note,) = wanted.notes(change)
    assert "depends on aws:SourceOrgID" in note and "--from inside" in note


def test_a_deny_that_is_in_the_way_is_refused_by_name_and_never_changed(clouds: Clouds) -> None:
    condition = {"Bool": {"aws:PrincipalIsAWSService": "true"}}
    wanted = make(clouds, "closed", allow(), deny(Sid="PeopleOnly", Condition=condition))
    with pytest.raises(Refused, match=r"statement 2 \(Sid PeopleOnly\).*aws\.role"):
        wanted.read(clouds)


def test_a_deny_that_may_be_in_the_way_is_noted(clouds: Clouds) -> None:
    wanted = make(clouds, "half-closed", deny(Condition={"StringNotEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}))
    change = write(wanted, clouds)
    assert change.action == "update"
    assert len(wanted.notes(change)) == 1
    assert action(wanted, clouds) == "none"


def test_not_principal_is_evaluated(clouds: Clouds) -> None:
    statement = deny(NotPrincipal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    del statement["Principal"]
    wanted = make(clouds, "root-only", allow(), statement)
    with pytest.raises(Refused, match="statement 2"):
        wanted.read(clouds)


def test_a_trust_policy_that_would_be_too_long_is_refused_before_it_is_written(clouds: Clouds) -> None:
    long = allow("ec2.amazonaws.com", Condition={"StringNotEquals": {"aws:userid": "x" * 1700}})
    wanted = make(clouds, "full", long)
    with pytest.raises(Refused, match=r"of full would have \d+ characters .* quota is 2048"):
        wanted.read(clouds)


def test_a_role_at_a_path_is_used_as_it_is_unless_the_setup_names_another(clouds: Clouds) -> None:
    wanted = make(clouds, "at-a-path", allow(), path="/team/")
    assert action(wanted, clouds) == "none"
    assert action(replace(wanted, path="/team/"), clouds) == "none"
    with pytest.raises(Refused, match=f"arn:aws:iam::{ACCOUNT}:role/team/at-a-path"):
        replace(wanted, path="/other/").read(clouds)


def test_a_new_role_gets_the_path_that_the_setup_names(clouds: Clouds) -> None:
    wanted = replace(role("new-at-a-path"), path="/team/")
    write(wanted, clouds)
    answer = clouds.aws.call("iam", "get_role", RoleName="new-at-a-path")
    assert answer["Role"]["Arn"] == wanted.name == f"arn:aws:iam::{ACCOUNT}:role/team/new-at-a-path"


def test_one_that_is_there_already_has_moved_and_one_that_is_not_there_is_not_there_yet(clouds: Clouds) -> None:
    there, early = role("for-batch"), role("not-there")
    with pytest.raises(CloudError) as taken:
        there.create(clouds)
    assert (taken.value.status, taken.value.reason) == (409, "EntityAlreadyExists")
    assert there.moved(taken.value) and not there.not_yet(taken.value)
    with pytest.raises(CloudError) as missing:
        early.update(clouds, Change(early, {}, early.desired()))
    assert (missing.value.status, missing.value.reason) == (404, "NoSuchEntity")
    assert early.not_yet(missing.value) and not early.moved(missing.value)


def test_keys_that_aws_does_not_know_are_told_as_missing_credentials(
    clouds: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAUNKNOWNUNKNOWN12")
    with pytest.raises(NoCredentials) as refused:
        role("for-batch").read(clouds)
    assert refused.value.reason == "InvalidClientTokenId"
    assert "export new AWS access keys" in refused.value.hint


def test_a_role_of_aws_itself_is_refused_before_anything_is_written(clouds: Clouds) -> None:
    made = clouds.aws.call("iam", "create_service_linked_role", AWSServiceName="ecs.amazonaws.com")["Role"]
    with pytest.raises(Refused, match=rf"{made['Arn']}.*only AWS can change"):
        role(made["RoleName"]).read(clouds)
