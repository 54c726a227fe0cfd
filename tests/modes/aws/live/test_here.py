"""The chain from here, as the workload: assumed role, runtime's way of handing over credentials, temporary trust."""

import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.chain.outcomes import outcome_of, statuses
from tests.modes.aws.live.sandbox_world import ACCOUNT, ALL_OK_DIRECT, ALL_OK_IMPERSONATED, World, workload
from wizard.chain.serve_credentials import pointed
from wizard.clouds.errors import CloudError
from wizard.engine.journal import Journal, JournalError
from wizard.engine.resource import Refused
from wizard.modes.aws.live import walk as aws
from wizard.modes.aws.live.places import Place, here, session_name
from wizard.modes.aws.live.trusted import NeedsTrust, NotRemoved, RootRefused, needs_trust, remove_statement, trusted
from wizard.modes.aws.runtimes import RUNTIMES, with_role

REGION = "ap-northeast-1"


def trust_of(world: World, role: str) -> dict[str, object]:
    return dict(world.aws.call("iam", "get_role", RoleName=role)["Role"]["AssumeRolePolicyDocument"])


def handed_over(place: Place) -> dict[str, str]:
    """What the container endpoint of a place answers to the workload."""
    url = place.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    headers = {"Authorization": place.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return dict(json.load(answer))


@pytest.mark.parametrize("runtime", ["batch-fargate", "ec2", "lambda"])
def test_the_chain_works_from_here(world: World, runtime: str):
    with here(workload(runtime), world.aws) as place:
        outcomes = aws.run(world.test(world.config()), place)
    assert statuses(outcomes) == ALL_OK_DIRECT
    found = outcome_of(outcomes, "aws-credentials")
    in_container = runtime == "batch-fargate"
    assert found.received["source"] == ("container endpoint (full URI)" if in_container else "environment")
    assert any("supplier" in line for line in outcome_of(outcomes, "application").evidence) is in_container
    session = outcome_of(outcomes, "caller-identity").received["arn"].rsplit("/", 1)[1]
    assert len(session) == RUNTIMES[runtime].session_length


def test_impersonation_works_from_here(world: World):
    with here(workload(), world.aws) as place:
        assert statuses(aws.run(world.test(world.config(account="loader")), place)) == ALL_OK_IMPERSONATED


def test_the_plain_file_is_tried_without_leaving_the_machine(world: World):
    with here(workload(), world.aws) as place:
        application = outcome_of(aws.run(world.test(world.config()), place), "application")
    assert application.received["plain_file"]["words"] == (
        "google.auth.exceptions.TransportError: this test does not call 169.254.169.254"
    )
    assert "Fargate has no instance metadata service" in application.evidence[2]


def test_a_role_with_a_path_is_assumed_by_its_whole_arn(world: World):
    with here(workload(role="with-path"), world.aws) as place:
        outcomes = aws.run(world.test(world.config()), place)
    assert ":assumed-role/with-path/" in outcome_of(outcomes, "caller-identity").received["arn"]


def test_the_operators_settings_do_not_leak(world: World, monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_PROFILE", "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_QUOTA_PROJECT", "MY_SECRET"):
        monkeypatch.setenv(name, "operator")
    before = dict(os.environ)
    monkeypatch.delenv("AWS_PROFILE")  # botocore would look for it
    with here(workload(), world.aws, before) as place:
        given = dict(place.environment)
    assert "operator" not in given.values()
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} & set(given)
    assert given["HTTPS_PROXY"] == world.variables["HTTPS_PROXY"]
    assert (given["AWS_CONFIG_FILE"], given["AWS_SHARED_CREDENTIALS_FILE"]) == (os.devnull, os.devnull)


def test_the_container_endpoint_wants_its_token_and_ends_with_the_test(world: World):
    with here(workload(), world.aws) as place:
        url = place.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        assert url.startswith("http://127.0.0.1:")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url)
        assert refused.value.code == 403
        refused.value.close()
        assert place.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] not in repr(place)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url)


def test_the_assumed_session_lasts_15_minutes(world: World):
    """The shortest that AWS gives: what the sandbox's STS answered is what the container endpoint hands over."""
    asked = datetime.now(UTC)
    with here(workload(), world.aws) as place:
        answered = datetime.now(UTC)
        ends = datetime.fromisoformat(handed_over(place)["Expiration"])
    assert asked + timedelta(seconds=899) <= ends <= answered + timedelta(seconds=900)


def test_a_role_that_another_service_is_trusted_with_gets_no_credentials(world: World):
    with here(workload(role="for-lambda"), world.aws) as place:
        outcomes = aws.run(world.test(world.config()), place)
    assert statuses(outcomes)["aws-credentials"] == "failed"
    assert statuses(outcomes)["exchange"] == "skipped"
    failed = outcome_of(outcomes, "aws-credentials")
    assert "the trust policy of for-lambda does not let ecs-tasks.amazonaws.com assume the role" in (
        failed.reason or ""
    )
    assert "ecs-tasks.amazonaws.com" in (failed.fix or "")


def create(world: World, name: str, *statements: dict[str, object]) -> None:
    """Create a role that ECS can assume as far as these statements let it, and the operator too."""
    allow = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow, *statements]})
    world.aws.call("iam", "create_role", RoleName=name, AssumeRolePolicyDocument=document)


def for_ecs(effect: str = "Allow", **condition: object) -> dict[str, object]:
    """A statement about ECS under a condition."""
    principal = {"Service": "ecs-tasks.amazonaws.com"}
    return {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}


def test_a_role_whose_conditions_the_runtime_meets_gets_credentials(world: World):
    keys = {"aws:ResourceAccount": "${aws:SourceAccount}"}
    create(world, "sound", for_ecs(StringEquals=keys, Bool={"aws:PrincipalIsAWSService": "true"}))
    with here(workload(role="sound"), world.aws) as place:
        assert (place.withheld, place.unproven) == (None, None)
        assert "the role trusts ecs-tasks.amazonaws.com" in place.evidence


@pytest.mark.parametrize(
    ("name", "condition", "missing"),
    [
        ("of-an-organization", {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}, "aws:SourceOrgID"),
        ("of-tasks", {"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:*:{ACCOUNT}:task/*"}}, "aws:SourceArn"),
    ],
)
def test_what_is_not_known_about_the_role_is_not_proven_and_the_test_goes_on(
    world: World, name: str, condition: dict[str, object], missing: str
):
    create(world, name, for_ecs(**condition))
    with here(workload(role=name), world.aws) as place:
        outcomes = aws.run(world.test(world.config(provider="other-account")), place)
    found = outcome_of(outcomes, "aws-credentials")
    assert (found.status, statuses(outcomes)["caller-identity"]) == ("not_proven", "ok")
    assert f"the trust policy depends on {missing}" in (found.reason or "")
    assert "--from inside" in (found.fix or "")


def test_a_deny_is_named_and_the_advice_is_not_to_apply(world: World):
    create(world, "denied", for_ecs(), {**for_ecs("Deny"), "Sid": "NotHere"})
    with here(workload(role="denied"), world.aws) as place:
        failed = outcome_of(aws.run(world.test(world.config()), place), "aws-credentials")
    assert "statement 3 (Sid NotHere)" in (failed.reason or "")
    assert "ask the owner of the role" in (failed.fix or "") and "apply" not in (failed.fix or "")


def test_an_operator_whom_a_deny_keeps_out_is_not_asked_for_a_statement(world: World):
    people = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    create(world, "no-people", for_ecs(), {**people, "Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}}})
    with pytest.raises(Refused, match=r"statement 3.*--from inside"), here(workload(role="no-people"), world.aws):
        pass


@pytest.mark.parametrize(
    "condition",
    [
        {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}},
        {"ArnNotLike": {"aws:SourceArn": "arn:aws:ecs:*"}},
        {"Null": {"aws:RequestTag/team": "true"}},
    ],
)
def test_a_deny_for_lack_of_a_key_that_only_services_send_keeps_the_operator_out(
    world: World, condition: dict[str, dict[str, str]]
):
    name = f"only-{next(iter(condition))}"
    unless = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": condition}
    create(world, name, for_ecs(), unless)
    role = replace(workload(role=name), runtime="")  # what the policy decides about the runtime is not asked here
    with pytest.raises(Refused, match=r"statement 3.*--from inside"), here(role, world.aws):
        pass


@dataclass
class Unwilling:
    """AWS that trusts the service of a role, and does not let the operator assume it, whatever is written."""

    message: str
    calls: list[str]

    def call(self, service: str, operation: str, **arguments: object) -> dict[str, Any]:
        del service, arguments
        self.calls.append(operation)
        if operation == "assume_role":
            raise CloudError("sts", "assume_role", 403, "AccessDenied", self.message)
        role = {"Arn": f"arn:aws:iam::{ACCOUNT}:role/loader", "AssumeRolePolicyDocument": dict(for_ecs())}
        operator = f"arn:aws:iam::{ACCOUNT}:user/operator"
        return {"get_role": {"Role": role}, "get_caller_identity": {"Arn": operator}}.get(operation, {})


def test_an_operator_whom_another_policy_keeps_out_is_not_asked_for_a_statement():
    aws = Unwilling(
        "User: x is not authorized to perform: sts:AssumeRole with an explicit deny in a service policy", []
    )
    with (
        pytest.raises(Refused, match=r"explicit deny in a service policy.*--from inside"),
        here(replace(workload(), runtime=""), aws),
    ):
        pass
    assert aws.calls.count("assume_role") == 1


def test_a_role_that_does_not_exist_is_named(world: World):
    with here(workload(role="nobody"), world.aws) as place:
        failed = outcome_of(aws.run(world.test(world.config()), place), "aws-credentials")
    assert failed.reason == f"the role nobody does not exist in account {ACCOUNT}"


def test_an_operator_who_is_not_trusted_is_asked_for_one_statement(world: World):
    with pytest.raises(NeedsTrust) as asked, here(workload(role="closed"), world.aws):
        pass
    statement = asked.value.statement
    assert asked.value.role == "closed"
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:user/operator"}
    ends = datetime.fromisoformat(statement["Condition"]["DateLessThan"]["aws:CurrentTime"])
    assert timedelta(0) < ends - datetime.now(UTC) <= timedelta(minutes=30)


def test_the_statement_is_there_for_the_test_and_gone_after_it(world: World):
    before = trust_of(world, "closed")
    need = needs_trust(world.aws, "closed")
    with trusted(world.aws, need, REGION, Journal()):
        assert need.statement in trust_of(world, "closed")["Statement"]
        with here(workload(role="closed"), world.aws, patience=10) as place:
            outcomes = aws.run(world.test(world.config()), place)
    assert statuses(outcomes)["caller-identity"] == "ok"
    assert trust_of(world, "closed") == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_the_statement_is_removed_whatever_happens(world: World, error: type[BaseException]):
    before = trust_of(world, "closed")
    with pytest.raises(error), trusted(world.aws, needs_trust(world.aws, "closed"), REGION, Journal()):
        raise error
    assert trust_of(world, "closed") == before


def test_only_our_own_statement_is_touched(world: World):
    """Someone else edits the policy while the test runs; so does a second test."""
    first, second = needs_trust(world.aws, "closed"), needs_trust(world.aws, "closed")
    before = trust_of(world, "closed")
    theirs = {
        "Sid": "Theirs",
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    with trusted(world.aws, first, REGION, Journal()):
        policy = trust_of(world, "closed")
        policy["Statement"].append(theirs)  # type: ignore[attr-defined]
        world.aws.call("iam", "update_assume_role_policy", RoleName="closed", PolicyDocument=json.dumps(policy))
        with trusted(world.aws, second, REGION, Journal()):
            pass
        assert first.statement in trust_of(world, "closed")["Statement"]
    after = trust_of(world, "closed")
    assert theirs in after["Statement"]
    after["Statement"].remove(theirs)  # type: ignore[attr-defined]
    assert after == before
    world.aws.call("iam", "update_assume_role_policy", RoleName="closed", PolicyDocument=json.dumps(before))


class Scripted:
    """The operator's calls, with failures on demand."""

    def __init__(self, arn: str, failures: list[BaseException]) -> None:
        self.arn, self.failures, self.written = arn, failures, []
        self.policy = {"Version": "2012-10-17", "Statement": []}

    def call(self, _: str, operation: str, **arguments: object) -> dict[str, object]:
        if operation == "get_caller_identity":
            return {"Arn": self.arn}
        if operation == "get_role":
            return {"Role": {"AssumeRolePolicyDocument": json.loads(json.dumps(self.policy))}}
        if self.written and self.failures:
            raise self.failures.pop(0)
        self.policy = json.loads(str(arguments["PolicyDocument"]))
        self.written.append(self.policy)
        return {}


def test_a_failing_removal_is_tried_again():
    busy = CloudError("iam", "update_assume_role_policy", 503, "ServiceUnavailable", "try later")
    operator = Scripted(f"arn:aws:iam::{ACCOUNT}:user/operator", [busy, KeyboardInterrupt(), busy])
    with (
        pytest.raises(KeyboardInterrupt),
        trusted(operator, needs_trust(operator, "closed"), REGION, Journal(), lambda _: None),
    ):
        pass
    assert operator.policy["Statement"] == []


def test_the_root_user_is_refused():
    with pytest.raises(RootRefused, match="is the root user"):
        needs_trust(Scripted(f"arn:aws:iam::{ACCOUNT}:root", []), "closed")


@pytest.mark.parametrize("runtime", sorted(with_role()))
def test_session_names_are_as_long_as_the_runtimes(runtime: str):
    assert len(session_name(workload(runtime))) == RUNTIMES[runtime].session_length


def test_a_configuration_that_names_serve_credentials_is_not_proven_from_here(world: World):
    """Only the workload has that server: the other hops are proven, and the application's own way is not."""
    with here(workload(), world.aws) as place:
        outcomes = aws.run(world.test(pointed(world.config(), 16925)), place)
    assert statuses(outcomes) == {**ALL_OK_DIRECT, "application": "not_proven"}
    application = outcome_of(outcomes, "application")
    assert "provides the AWS credentials at 127.0.0.1:16925 in the workload, but is not" in (application.reason or "")
    assert "--from inside" in (application.fix or "")


def test_a_statement_that_cannot_be_removed_is_left_to_the_next_command():
    busy = [CloudError("iam", "update_assume_role_policy", 503, "ServiceUnavailable", "try later")] * 4
    operator, journal = Scripted(f"arn:aws:iam::{ACCOUNT}:user/operator", list(busy)), Journal()
    need = needs_trust(operator, "closed")
    with (
        pytest.raises(NotRemoved, match="tries to remove the statement"),
        trusted(operator, need, REGION, journal, lambda _: None),
    ):
        assert journal.abandoned() == []
    [left] = journal.abandoned()
    remove_statement(operator, left.name, left.place)
    assert operator.policy["Statement"] == []


def test_nothing_is_written_without_a_journal(tmp_path: Path):
    operator = Scripted(f"arn:aws:iam::{ACCOUNT}:user/operator", [])
    need = needs_trust(operator, "closed")
    with pytest.raises(JournalError), trusted(operator, need, REGION, Journal(tmp_path)):
        pass
    assert operator.written == []
