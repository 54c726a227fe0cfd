"""Revert leaves and names what others have changed since, or use by now. Everything else is reverted.

When the others are gone, a second revert reverts what was left: then the world is as it was before the run.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.commands.test_revert import Open, applied, left, opened, reverted
from tests.oracles.by_hand import aws_worlds as worlds
from tests.oracles.programs import Program, need
from tests.whole_world import changed
from wizard.engine.journal import Journal

__all__ = ["opened"]

Json = dict[str, Any]

PLACE = ("--location=global", f"--project={worlds.PROJECT}")
PROVIDERS = ("iam", "workload-identity-pools", "providers")
IN_POOL = f"--workload-identity-pool={worlds.POOL}"
ROLE = "rds-to-bigquery"
ROLE_ARN = f"arn:aws:iam::{worlds.ACCOUNT}:role/{ROLE}"
OF_THE_RUN = f"bq-loader@{worlds.PROJECT}.iam.gserviceaccount.com"
VIEWER = "roles/storage.objectViewer"
STAYS = ", which needs this resource."


@dataclass(frozen=True)
class Others:
    """Those who change the clouds with the real programs after the run."""

    gcloud: Program
    aws: Program

    def grant(self, member: str, verb: str = "add") -> None:
        """Grant a role on the project to a member, or remove it."""
        binding = (f"--member={member}", f"--role={VIEWER}", "--condition=None")
        self.gcloud.ok("projects", f"{verb}-iam-policy-binding", worlds.PROJECT, *binding)

    def condition(self) -> str:
        return str(self.gcloud.json(*PROVIDERS, "describe", worlds.PROVIDER, IN_POOL, *PLACE)["attributeCondition"])

    def set_condition(self, condition: str) -> None:
        wanted = f"--attribute-condition={condition}"
        self.gcloud.ok(*PROVIDERS, "update-aws", worlds.PROVIDER, IN_POOL, *PLACE, wanted)

    def trust(self) -> Json:
        role = json.loads(self.aws.ok("iam", "get-role", "--role-name", ROLE))["Role"]
        document: Json = role["AssumeRolePolicyDocument"]
        return document

    def set_trust(self, document: Json) -> None:
        policy = json.dumps(document)
        self.aws.ok("iam", "update-assume-role-policy", "--role-name", ROLE, "--policy-document", policy)


Act = Callable[[Others], Callable[[], object]]
"""Changes something after the run. Returns how it is undone."""


def one_provider_more(others: Others) -> Callable[[], object]:
    account = "--account-id=444455556666"
    others.gcloud.ok(*PROVIDERS, "create-aws", "theirs", IN_POOL, account, *PLACE)
    return lambda: others.gcloud.ok(*PROVIDERS, "delete", "theirs", IN_POOL, *PLACE, "--quiet")


def a_role_more_for_the_principal(others: Others) -> Callable[[], object]:
    others.grant(worlds.PRINCIPAL)
    return lambda: others.grant(worlds.PRINCIPAL, "remove")


def a_role_more_for_the_account(others: Others) -> Callable[[], object]:
    others.grant(f"serviceAccount:{OF_THE_RUN}")
    return lambda: others.grant(f"serviceAccount:{OF_THE_RUN}", "remove")


def a_wider_condition(others: Others) -> Callable[[], object]:
    former = others.condition()
    others.set_condition(f"({former}) || attribute.aws_role == 'theirs'")
    return lambda: others.set_condition(former)


def a_statement_more(others: Others) -> Callable[[], object]:
    former = others.trust()
    theirs = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    others.set_trust({**former, "Statement": [*former["Statement"], theirs]})
    return lambda: others.set_trust(former)


def our_statement_edited(others: Others) -> Callable[[], object]:
    former = others.trust()
    *before, ours = former["Statement"]
    others.set_trust({**former, "Statement": [*before, {**ours, "Condition": {}}]})
    return lambda: others.set_trust(former)


def a_policy_more(others: Others) -> Callable[[], object]:
    policy = ("--role-name", ROLE, "--policy-arn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    others.aws.ok("iam", "attach-role-policy", *policy)
    return lambda: others.aws.ok("iam", "detach-role-policy", *policy)


def another_task_definition(others: Others) -> Callable[[], object]:
    containers = json.dumps([{"name": "app", "image": "acme/app:1", "memory": 128}])
    named = ("--family", "theirs", "--task-role-arn", ROLE_ARN, "--container-definitions", containers)
    others.aws.ok("ecs", "register-task-definition", *named)
    return lambda: others.aws.ok("ecs", "deregister-task-definition", "--task-definition", "theirs:1")


def another_instance(others: Others) -> Callable[[], object]:
    profile = ("--instance-id", worlds.INSTANCE, "--iam-instance-profile", f"Name={ROLE}")
    made = json.loads(others.aws.ok("ec2", "associate-iam-instance-profile", *profile))
    association = made["IamInstanceProfileAssociation"]["AssociationId"]
    return lambda: others.aws.ok("ec2", "disassociate-iam-instance-profile", "--association-id", association)


def the_service_on_a_revision_of_its_own(others: Others) -> Callable[[], object]:
    described = others.aws.ok("ecs", "describe-task-definition", "--task-definition", "orders")
    ours = json.loads(described)["taskDefinition"]
    containers = [{**each, "image": "acme/orders:2"} for each in ours["containerDefinitions"]]
    kept = ("family", "taskRoleArn", "networkMode", "requiresCompatibilities", "cpu", "memory")
    wanted = {key: ours[key] for key in kept} | {"containerDefinitions": containers}
    others.aws.ok("ecs", "register-task-definition", "--cli-input-json", json.dumps(wanted))
    update = ("ecs", "update-service", "--cluster", "prod", "--service", "orders", "--task-definition")
    others.aws.ok(*update, "orders:3")

    def undo() -> None:
        others.aws.ok(*update, "orders:2")
        others.aws.ok("ecs", "deregister-task-definition", "--task-definition", "orders:3")

    return undo


def a_rule_that_names_our_revision(others: Others) -> Callable[[], object]:
    name = f"arn:aws:batch:ap-northeast-1:{worlds.ACCOUNT}:job-definition/nightly-load:2"
    queue = f"arn:aws:batch:ap-northeast-1:{worlds.ACCOUNT}:job-queue/nights"
    batch = {"JobDefinition": name, "JobName": "load"}
    target = {"Id": "load", "Arn": queue, "RoleArn": ROLE_ARN, "BatchParameters": batch}
    others.aws.ok("events", "put-rule", "--name", "nightly", "--schedule-expression", "rate(1 day)")
    others.aws.ok("events", "put-targets", "--rule", "nightly", "--targets", json.dumps([target]))
    return lambda: others.aws.ok("events", "remove-targets", "--rule", "nightly", "--ids", "load")


@dataclass(frozen=True)
class Case:
    """What others do, what stays because of it, and the sentence that says why."""

    act: Act
    stays: set[str]
    sentence: str
    setup: str = worlds.setup()
    there: Json = field(default_factory=dict)
    project: Json = field(default_factory=dict)
    loss: str = ""
    """What the review says that the others lose."""


POOL, PROVIDER = "workload identity pool", "workload identity pool provider"
ACCOUNT, TRUST, PROFILE = "service account", "IAM role", "instance profile"
KINDS = (
    *(POOL, PROVIDER, ACCOUNT, TRUST, PROFILE),
    *("ECS service", "task definition", "job definition", "credential configuration"),
)
ON_EC2 = worlds.setup({"runtime": "ec2"})
(SERVED,) = [each for each in worlds.WORLDS if each.title == "a task definition and its service"]
SHARED = worlds.pool({"attributeMapping": worlds.OTHERS, "attributeCondition": "attribute.team == 'x'"})
CASES = {
    "another provider in the pool": Case(
        one_provider_more, {POOL}, "The pool has the provider theirs, which the run did not create."
    ),
    "another grant to the same principal": Case(
        a_role_more_for_the_principal,
        {POOL, PROVIDER},
        f"{worlds.PRINCIPAL} has the role {VIEWER} on the project {worlds.PROJECT}.",
    ),
    "another grant to the service account": Case(
        a_role_more_for_the_account,
        {ACCOUNT},
        f"The service account has the role {VIEWER} on the project {worlds.PROJECT}. The run did not grant this role.",
        worlds.setup(access=worlds.THROUGH),
    ),
    "a condition that was widened": Case(
        a_wider_condition, {POOL, PROVIDER}, "|| attribute.aws_role == 'theirs', but the run set "
    ),
    "a condition of a shared provider that was widened": Case(
        a_wider_condition, {PROVIDER}, "|| attribute.aws_role == 'theirs', but the run set ", project=SHARED
    ),
    "a trust policy with a statement more": Case(
        a_statement_more, {TRUST}, "The trust policy of the role has statements that the run did not write."
    ),
    "a statement of the run that was edited": Case(
        our_statement_edited,
        {TRUST},
        "assumable_by is now ecs-tasks.amazonaws.com, by the statement WifWizardRuntimeEcsTasksApNortheast1 that "
        "someone edited",
        there=worlds.trusting(worlds.AWKWARD),
    ),
    "a policy of the role": Case(
        a_policy_more, {TRUST}, "The role has the policy AmazonS3ReadOnlyAccess, which the run did not attach."
    ),
    "the role in another task definition": Case(
        another_task_definition,
        {TRUST},
        "The task definition theirs:1 in ap-northeast-1 runs with the role.",
        loss="roles on the project acme-analytics: the revert keeps IAM role rds-to-bigquery, but the users of IAM "
        "role rds-to-bigquery lose the access that the revert removes",
    ),
    "the instance profile on an instance": Case(
        another_instance,
        {TRUST, PROFILE},
        f"The EC2 instance {worlds.INSTANCE} has the instance profile.",
        ON_EC2,
        {"instances": [{"id": worlds.INSTANCE}]},
    ),
    "a rule that names the revision of the run": Case(
        a_rule_that_names_our_revision,
        {"job definition", POOL, PROVIDER, TRUST, "credential configuration"},
        "EventBridge rule nightly uses revision 2 of nightly-load, which has the role rds-to-bigquery.",
        worlds.setup({"job_definition": "nightly-load"}),
        {"job_queues": ["nights"], "job_definitions": [worlds.JOB_DEFINITION]},
    ),
    "a service that runs a revision of someone else": Case(
        the_service_on_a_revision_of_its_own,
        {"ECS service", POOL, PROVIDER, TRUST, "task definition", "credential configuration"},
        "There is no earlier active revision that has the former values and otherwise matches the revision that "
        "the service prod/orders runs.",
        SERVED.setup,
        SERVED.scenario["aws"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_others_use_stays_until_they_are_gone(opened: Open, name: str) -> None:
    need("gcloud")
    need("aws")
    case = CASES[name]
    scenario = worlds.scenario({**worlds.IAM_ON, **case.project}, case.there)
    with opened(scenario) as world:
        others = Others(*(Program(program, world.sandbox.environ()) for program in ("gcloud", "aws")))
        before = world.look()
        applied(world, case.setup)
        undo = case.act(others)
        with_theirs = world.look()
        answer = reverted(world)
        lines = left(answer)
        assert case.loss in answer.out
        assert {kind for kind in KINDS if any(_kind(line) == kind for line in lines)} == case.stays, lines
        assert [line for line in lines if case.sentence in line], lines
        assert changed(with_theirs, world.look()), "the rest is reverted"
        undo()
        again = world.wif("revert", Journal().runs()[-1].id, "--yes", "--accept-loss")
        assert (again.code, left(again)) == (0, [])
        assert changed(before, world.look()) == []


def _kind(line: str) -> str:
    """The longest kind that a line is about."""
    found = [kind for kind in KINDS if line.startswith(f"= {kind} ")]
    return max(found, key=len, default="")


def test_a_configuration_with_keys_of_others_is_left(opened: Open) -> None:
    with opened() as world:
        applied(world, worlds.setup())
        document = json.loads(world.config.read_text(encoding="utf-8"))
        world.config.write_text(json.dumps({**document, "quota_project_id": "acme-other"}), encoding="utf-8")
        lines = left(reverted(world))
        assert [line for line in lines if "which the run did not write: quota_project_id." in line]
        assert json.loads(world.config.read_text(encoding="utf-8"))["quota_project_id"] == "acme-other"
        (role,) = [line for line in lines if _kind(line) == TRUST] or [""]
        assert not role, "the role is not needed by the file"
