"""Definitions that start a workload: a new revision gives it its role and variables, and keeps all the rest."""

import json
from collections.abc import Iterator
from typing import Any

import jmespath
import pytest

from tests.resources.writing import action, change_of, planned_revert, revert, write
from wizard.clouds.session import Clouds
from wizard.commands import review_json
from wizard.engine.journal import encoded
from wizard.engine.resource import Change, Owner, Refused, owned
from wizard.federation.trust import TrustedService, trust_policy
from wizard.resources import registration
from wizard.resources.aws_role import Role
from wizard.resources.callers import Caller, Definition, read_callers
from wizard.resources.definition import Revisions
from wizard.resources.job_definition import JobDefinition
from wizard.resources.kind import Needed
from wizard.resources.registration import Layout, Variables, Wiring
from wizard.resources.task_definition import TaskDefinition

ACCOUNT, REGION = "111122223333", "ap-northeast-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/for-batch"
OLD = f"arn:aws:iam::{ACCOUNT}:role/shared"
SERVICE = TrustedService("ecs-tasks.amazonaws.com", ACCOUNT, f"arn:aws:ecs:{REGION}:{ACCOUNT}", ACCOUNT)
VARIABLES = Variables(
    {"GOOGLE_APPLICATION_CREDENTIALS": "/etc/google/config.json", "GOOGLE_CLOUD_PROJECT": "acme-analytics"},
    {"AWS_REGION": REGION},
)
PASSWORD = "correct-horse-battery"
ENVIRONMENT = [{"name": "DB_PASSWORD", "value": PASSWORD}, {"name": "AWS_REGION", "value": "eu-west-1"}]
RESOURCES = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]
KEPT: dict[str, Any] = {
    "type": "container",
    "schedulingPriority": 5,
    "parameters": {"day": "today"},
    "retryStrategy": {"attempts": 3, "evaluateOnExit": [{"onReason": "Host EC2*", "action": "retry"}]},
    "timeout": {"attemptDurationSeconds": 600},
    "tags": {"team data": "loads", "cost": "17"},
    "propagateTags": True,
    "platformCapabilities": ["FARGATE"],
}
CONTAINER: dict[str, Any] = {
    "image": "acme/load:1",
    "command": ["load", "Ref::day"],
    "resourceRequirements": RESOURCES,
    "environment": ENVIRONMENT,
    "secrets": [{"name": "TOKEN", "valueFrom": "arn:aws:ssm:token"}],
    "executionRoleArn": ROLE,
    "networkConfiguration": {"assignPublicIp": "DISABLED"},
}
TASK: dict[str, Any] = {
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "enableFaultInjection": True,
    "executionRoleArn": ROLE,
    "tags": [{"key": "team", "value": "data"}],
    "containerDefinitions": [
        {"name": "proxy", "image": "acme/proxy:1", "essential": False},
        {"name": "app", "image": "acme/orders:1", "environment": ENVIRONMENT, "stopTimeout": 30},
    ],
}


def role(name: str = "for-batch") -> Role:
    return Role(ACCOUNT, REGION, name, SERVICE)


def job(name: str, **changes: Any) -> JobDefinition:
    return JobDefinition(ACCOUNT, REGION, name, role(), VARIABLES, **changes)


def task(name: str, **changes: Any) -> TaskDefinition:
    return TaskDefinition(ACCOUNT, REGION, name, role(), VARIABLES, **{"container": "app", **changes})


def register_job(clouds: Clouds, name: str, container: dict[str, Any] | None = None, **changes: Any) -> None:
    document = {**KEPT, "jobDefinitionName": name, **changes}
    if "ecsProperties" not in document:
        document["containerProperties"] = {**CONTAINER, **(container or {})}
    clouds.aws.call("batch", "register_job_definition", **document)


def register_task(clouds: Clouds, family: str, **changes: Any) -> None:
    clouds.aws.call("ecs", "register_task_definition", **{**TASK, "family": family, **changes})


def jobs(clouds: Clouds, name: str) -> list[dict[str, Any]]:
    """The revisions of a job definition, active or not, the oldest first."""
    return list(clouds.aws.call("batch", "describe_job_definitions", jobDefinitionName=name)["jobDefinitions"])


def without(document: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in keys}


def test_a_job_gets_its_role_and_variables_and_keeps_the_rest(clouds: Clouds) -> None:
    register_job(clouds, "kept")
    assert write(job("kept"), clouds).action == "update"
    old, new = jobs(clouds, "kept")
    own = ("jobDefinitionArn", "revision", "containerProperties")
    assert without(old, *own) == without(new, *own)
    assert (old["status"], new["revision"]) == ("ACTIVE", 2)
    before, after = old["containerProperties"], new["containerProperties"]
    assert without(before, "environment") == without(after, "environment", "jobRoleArn")
    assert after["jobRoleArn"] == ROLE
    assert after["environment"] == [
        *ENVIRONMENT,
        {"name": "GOOGLE_APPLICATION_CREDENTIALS", "value": "/etc/google/config.json"},
        {"name": "GOOGLE_CLOUD_PROJECT", "value": "acme-analytics"},
    ]
    assert action(job("kept"), clouds) == "none"


def test_a_task_gets_its_role_and_variables_and_keeps_the_rest(clouds: Clouds) -> None:
    register_task(clouds, "kept-task")
    assert write(task("kept-task"), clouds).action == "update"
    both = [task("kept-task").described(clouds, f"kept-task:{revision}") for revision in (1, 2)]
    own = ("taskDefinitionArn", "revision", "registeredAt", "taskRoleArn", "containerDefinitions")
    assert without(both[0], *own) == without(both[1], *own)
    assert (both[0]["status"], both[1]["taskRoleArn"]) == ("ACTIVE", ROLE)
    assert both[1]["tags"] == TASK["tags"]
    (proxy, app), (same_proxy, wired) = (one["containerDefinitions"] for one in both)
    assert proxy == same_proxy
    assert without(app, "environment") == without(wired, "environment")
    assert wired["environment"][:2] == ENVIRONMENT
    assert action(task("kept-task"), clouds) == "none"


def test_a_job_of_several_containers_gets_its_variables_in_one_of_them(clouds: Clouds) -> None:
    containers = [{"name": name, "image": name, "resourceRequirements": RESOURCES} for name in ("proxy", "load")]
    register_job(
        clouds, "several", ecsProperties={"taskProperties": [{"containers": containers, "executionRoleArn": ROLE}]}
    )
    with pytest.raises(Refused, match=r"has several containers: proxy, load\. Set aws\.container"):
        job("several").read(clouds)
    with pytest.raises(Refused, match="does not have the container app"):
        job("several", container="app").read(clouds)
    write(job("several", container="load"), clouds)
    (properties,) = jobs(clouds, "several")[1]["ecsProperties"]["taskProperties"]
    assert properties["taskRoleArn"] == ROLE
    assert [len(container.get("environment", ())) for container in properties["containers"]] == [0, 3]


def test_both_roles_are_shown_and_the_one_that_is_only_the_execution_role_is_named(clouds: Clouds) -> None:
    register_job(clouds, "only-execution")
    wanted = job("only-execution")
    both, trap, *_ = wanted.notes(change_of(wanted, clouds))
    assert both.startswith(
        "In revision 1, the job role (jobRoleArn) is none, and the execution role (executionRoleArn) is for-batch. "
    )
    assert trap == (
        "for-batch is only the execution role of only-execution, so the container does not get the credentials of "
        "that role. The plan also sets the role as the job role."
    )
    write(wanted, clouds)
    assert not any("is only the execution role" in note for note in wanted.notes(change_of(wanted, clouds)))


def test_values_of_others_are_in_no_plan_and_in_no_journal(clouds: Clouds) -> None:
    keys = [*ENVIRONMENT, {"name": "GOOGLE_APPLICATION_CREDENTIALS", "value": '{"private_key": "' + PASSWORD + '"}'}]
    register_job(clouds, "hidden", {"environment": keys})
    wanted = job("hidden")
    change = change_of(wanted, clouds)
    assert change.before is not None
    assert change.before["environment"]["GOOGLE_APPLICATION_CREDENTIALS"] == "(not shown: 40 characters)"
    shown = review_json._change_json(change)
    journal = encoded(owned(change.before, change.after)) + encoded(change.after)
    assert PASSWORD not in repr(shown) + repr(change) + journal
    assert "DB_PASSWORD" not in journal
    write(wanted, clouds)
    assert ENVIRONMENT[0] in jobs(clouds, "hidden")[1]["containerProperties"]["environment"]


def test_a_variable_from_a_secret_gives_way_since_a_name_can_be_used_once(clouds: Clouds) -> None:
    secrets = [{"name": name, "valueFrom": "arn:aws:ssm:key"} for name in ("TOKEN", "GOOGLE_APPLICATION_CREDENTIALS")]
    register_job(clouds, "from-a-secret", {"secrets": secrets})
    wanted = job("from-a-secret")
    change = write(wanted, clouds)
    assert change.before is not None
    assert change.before["environment"]["GOOGLE_APPLICATION_CREDENTIALS"] == "(from the secret arn:aws:ssm:key)"
    assert jobs(clouds, "from-a-secret")[1]["containerProperties"]["secrets"] == secrets[:1]
    assert action(wanted, clouds) == "none"


def test_another_role_that_gives_way_is_a_loss(clouds: Clouds) -> None:
    register_job(clouds, "has-another", {"jobRoleArn": OLD})
    wanted = job("has-another")
    assert wanted.losers(change_of(wanted, clouds)) == [
        "jobs of has-another lose the role shared: AWS then denies the actions that for-batch does not allow"
    ]
    register_job(clouds, "has-this", {"jobRoleArn": ROLE})
    assert job("has-this").losers(change_of(job("has-this"), clouds)) == []


def test_the_role_of_the_host_that_gives_way_is_a_loss(clouds: Clouds) -> None:
    register_job(clouds, "on-hosts", platformCapabilities=["EC2"])
    register_job(clouds, "on-fargate")
    found = [wanted.losers(change_of(wanted, clouds)) for wanted in (job("on-hosts"), job("on-fargate"))]
    assert found == [
        [
            "jobs of on-hosts on EC2 hosts no longer use the instance role of their host: AWS then denies the "
            "actions that for-batch does not allow"
        ],
        [],
    ]


def test_keys_in_the_environment_are_named(clouds: Clouds) -> None:
    register_job(clouds, "with-keys", {"environment": [{"name": "AWS_ACCESS_KEY_ID", "value": "AKIAEXAMPLE"}]})
    wanted = job("with-keys")
    notes = wanted.notes(change_of(wanted, clouds))
    assert any(note.startswith("The container has AWS_ACCESS_KEY_ID in its environment.") for note in notes)


def test_a_role_at_a_path_is_named_with_its_path(clouds: Clouds) -> None:
    trust = json.dumps(trust_policy(SERVICE))
    clouds.aws.call("iam", "create_role", RoleName="deep", Path="/team/", AssumeRolePolicyDocument=trust)
    register_job(clouds, "deep")
    wanted = JobDefinition(ACCOUNT, REGION, "deep", role("deep"), VARIABLES)
    write(wanted, clouds)
    assert jobs(clouds, "deep")[1]["containerProperties"]["jobRoleArn"] == f"arn:aws:iam::{ACCOUNT}:role/team/deep"
    assert action(wanted, clouds) == "none"


def test_a_definition_that_is_not_there_is_refused(clouds: Clouds) -> None:
    for wanted, setting in ((job("nowhere"), "aws.job_definition"), (task("nowhere"), "aws.task_definition")):
        with pytest.raises(Refused, match=f"no active revision of the {wanted.kind} nowhere.*correct {setting}"):
            wanted.read(clouds)


def test_a_newer_revision_than_that_of_the_setup_is_not_undone(clouds: Clouds) -> None:
    register_job(clouds, "newer")
    register_job(clouds, "newer", {"image": "acme/load:2"})
    with pytest.raises(Refused, match="names revision 1 of newer, but revision 2 is newer"):
        job("newer", revision=1).read(clouds)
    write(job("newer", revision=2), clouds)
    assert action(job("newer", revision=2), clouds) == "none"
    assert jobs(clouds, "newer")[2]["containerProperties"]["image"] == "acme/load:2"


def test_what_cloudformation_made_is_left_to_it() -> None:
    wanted = job("of-a-stack")
    tags = {"aws:cloudformation:stack-name": "nights", "team": "data"}
    before = {"jobRoleArn": None, "environment": {}, "tags": tags}
    assert wanted.owner(Change(wanted, before, wanted.desired())) == Owner("CloudFormation", "stack nights")
    assert wanted.owner(Change(wanted, {**before, "tags": {"team": "data"}}, wanted.desired())) is None


def test_tags_that_only_aws_sets_are_left_out() -> None:
    tags = {"aws:cloudformation:stack-name": "nights", "team": "data"}
    kept = registration.registrable(
        "batch", "RegisterJobDefinition", {"revision": 1, "type": "container", "tags": tags}
    )
    assert kept == {"type": "container", "tags": {"team": "data"}}
    listed = [{"key": key, "value": value} for key, value in tags.items()]
    kept = registration.registrable(
        "ecs", "RegisterTaskDefinition", {"family": "f", "status": "ACTIVE", "tags": listed}
    )
    assert kept == {"family": "f", "tags": [{"key": "team", "value": "data"}]}


@pytest.fixture(params=("job", "task"))
def wired(request: pytest.FixtureRequest, clouds: Clouds) -> Iterator[tuple[Revisions, Change]]:
    """A definition after its change, and the change."""
    name = f"wired-{request.node.name.replace('[', '-').replace(']', '')}"[:100]
    wanted: Revisions = job(name) if request.param == "job" else task(name)
    (register_job if request.param == "job" else register_task)(clouds, name)
    yield wanted, write(wanted, clouds)


def test_our_revision_is_deregistered_and_the_old_one_is_the_newest_again(
    clouds: Clouds, wired: tuple[Revisions, Change]
) -> None:
    wanted, change = wired
    (taken,) = planned_revert(change, clouds).plan.changes
    assert taken.resource.impact(taken) == (
        f"the wizard deregisters revision 2 of {wanted.definition}: programs that start {wanted.definition} without a "
        "revision number use revision 1 again"
    )
    assert revert(change, clouds) == []
    state = wanted.read(clouds)
    assert state is not None
    assert (state["revision"], state[wanted.role_key]) == (1, None)
    assert planned_revert(change, clouds).plan.empty


def register_image(clouds: Clouds, wanted: Revisions) -> None:
    """Register a revision with another image, made from the newest one, as a team does it."""
    document = wanted._kept(wanted._newest(clouds))
    more = {"image": "acme/load:2"}
    if isinstance(wanted, JobDefinition):
        register_job(clouds, wanted.definition, {**document["containerProperties"], **more})
    else:
        kept = without(document, "family", "containerDefinitions")
        containers = [{**container, **more} for container in document["containerDefinitions"]]
        register_task(clouds, wanted.definition, **kept, containerDefinitions=containers)


def test_what_others_changed_in_a_newer_revision_is_kept(clouds: Clouds, wired: tuple[Revisions, Change]) -> None:
    wanted, change = wired
    register_image(clouds, wanted)
    assert revert(change, clouds) == []
    newest = wanted._newest(clouds)
    layout = wanted._layout(newest)
    container = registration.at(newest, layout.container)
    assert newest["revision"] == 4
    assert container["image"] == "acme/load:2"
    assert registration.at(newest, layout.task).get(layout.role_key) is None
    assert not {"GOOGLE_APPLICATION_CREDENTIALS"} & {entry["name"] for entry in container.get("environment") or ()}


def test_a_revision_in_place_of_ours_keeps_what_others_changed(clouds: Clouds, wired: tuple[Revisions, Change]) -> None:
    wanted, change = wired
    ours = wanted._newest(clouds)
    register_image(clouds, wanted)
    wanted._deregister(clouds, ours)
    (taken,) = planned_revert(change, clouds).plan.changes
    assert (taken.resource.impact(taken) or "").startswith(f"the wizard registers a revision of {wanted.definition}")
    assert revert(change, clouds) == []
    newest = wanted._newest(clouds)
    assert newest["revision"] == 4
    assert registration.at(newest, wanted._layout(newest).container)["image"] == "acme/load:2"


def test_a_role_that_someone_else_set_is_left(clouds: Clouds, wired: tuple[Revisions, Change]) -> None:
    wanted, change = wired
    theirs = f"arn:aws:iam::{ACCOUNT}:role/theirs"
    newest = wanted._newest(clouds)
    layout = wanted._layout(newest)
    role = registration.replaced(wanted._kept(newest), layout.task, lambda found: {**found, layout.role_key: theirs})
    if isinstance(wanted, JobDefinition):
        register_job(clouds, wanted.definition, role["containerProperties"])
    else:
        register_task(clouds, wanted.definition, **without(role, "family"))
    ours = change.after[wanted.role_key]
    assert revert(change, clouds) == [f"{wanted.role_key} is now {theirs}, but the run set it to {ours}."]
    state = wanted.read(clouds)
    assert state is not None
    assert state[wanted.role_key] == theirs


def create_pipe(clouds: Clouds, name: str, target: str, parameters: dict[str, Any]) -> None:
    """Create a pipe from a queue to a target."""
    source = f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"
    given = {"Source": source, "Target": target, "TargetParameters": parameters}
    clouds.aws.call("pipes", "create_pipe", Name=name, RoleArn=ROLE, **given)


def test_who_starts_a_task_definition_is_told(clouds: Clouds) -> None:
    register_task(clouds, "piped")
    arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/piped"
    parameters = {"EcsTaskParameters": {"TaskDefinitionArn": f"{arn}:1"}}
    create_pipe(clouds, "tasks", f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main", parameters)
    found = read_callers(clouds, Definition("task-definition", arn))
    assert found.found == (Caller("EventBridge pipe tasks", 1),)
    assert [unknown for unknown in found.unknown if "pipe" in unknown.what] == []


def test_who_starts_it_is_told(clouds: Clouds) -> None:
    register_job(clouds, "nights")
    events, queue = "events", f"arn:aws:batch:{REGION}:{ACCOUNT}:job-queue/nights"
    arn = f"arn:aws:batch:{REGION}:{ACCOUNT}:job-definition/nights"
    for name, definition in (("pinned", f"{arn}:1"), ("follows", "nights"), ("of-others", "nights-of-others:1")):
        clouds.aws.call(events, "put_rule", Name=name, ScheduleExpression="rate(1 day)")
        target = {"Id": "1", "Arn": queue, "BatchParameters": {"JobDefinition": definition, "JobName": "n"}}
        clouds.aws.call(events, "put_targets", Rule=name, Targets=[target])
    scheduled = {
        "Arn": "arn:aws:scheduler:::aws-sdk:batch:submitJob",
        "RoleArn": ROLE,
        "Input": json.dumps({"JobDefinition": "nights:1"}),
    }
    clouds.aws.call(
        "scheduler",
        "create_schedule",
        Name="weekly",
        ScheduleExpression="rate(7 days)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=scheduled,
    )
    for name, parameters in (("flow", {"JobDefinition": arn}), ("computed", {"JobDefinition.$": "$.definition"})):
        submit = {"Type": "Task", "Resource": "arn:aws:states:::batch:submitJob", "Parameters": parameters}
        machine = json.dumps({"StartAt": "Submit", "States": {"Submit": submit}})
        clouds.aws.call("stepfunctions", "create_state_machine", name=name, roleArn=ROLE, definition=machine)
    for name, definition in (("orders", "nights:1"), ("returns", arn), ("paths", "$.body.definition")):
        parameters = {"BatchJobParameters": {"JobDefinition": definition, "JobName": "n"}}
        create_pipe(clouds, name, queue, parameters)
    create_pipe(clouds, "logs", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:orders", {})
    wanted = job("nights")
    notes = wanted.notes(change_of(wanted, clouds))[2:]
    assert notes == [
        "EventBridge pipe orders names revision 1 of nights, and continues to use that revision.",
        "EventBridge pipe returns names nights without a revision, and uses the new revision immediately.",
        "EventBridge rule follows names nights without a revision, and uses the new revision immediately.",
        "EventBridge rule pinned names revision 1 of nights, and continues to use that revision.",
        "EventBridge schedule weekly names revision 1 of nights, and continues to use that revision.",
        "Step Functions state machine flow names nights without a revision, and uses the new revision immediately.",
        "EventBridge pipe paths computes the task or job definition at run time, so the wizard cannot tell whether "
        "the definition is a revision of nights.",
        "Step Functions state machine computed computes the task or job definition at run time, so the wizard "
        "cannot tell whether the definition is a revision of nights.",
    ]


def test_the_permissions_are_those_of_the_registration_and_of_both_roles(clouds: Clouds) -> None:
    register_job(clouds, "asked-for", {"executionRoleArn": OLD})
    wanted = job("asked-for")
    arn = f"arn:aws:batch:{REGION}:{ACCOUNT}:job-definition/asked-for"
    assert wanted.permissions(change_of(wanted, clouds)) == [
        Needed("aws", "batch:RegisterJobDefinition", arn),
        Needed("aws", "batch:TagResource", arn),
        Needed("aws", "iam:PassRole", ROLE),
        Needed("aws", "iam:PassRole", OLD),
    ]


QUOTED = Wiring("arn:r", Variables({"A": "it's `here`", "B": "\\"}, {"R": "tokyo"}))


@pytest.mark.parametrize(
    ("document", "task", "container"),
    [
        ({"n": 1, "c": {"image": "i"}}, ("c",), ("c",)),
        ({"c": {"environment": [{"name": "A", "value": "x"}, {"name": "R", "value": "kept"}]}}, ("c",), ("c",)),
        ({"e": {"t": [{"x": 1, "cs": [{"name": "a"}, {"name": "b", "secrets": [{"name": "A"}, {"name": "S"}]}]}]}},
         ("e", "t", 0), ("e", "t", 0, "cs", 1)),
        ({"family": "f", "taskRoleArn": "old", "cs": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}, (), ("cs", 1)),
        ({"family": "f", "cs": [{"name": "a"}], "tags": {"a b": "1", "it's": "2"}}, (), ("cs", 0)),
    ],
)  # fmt: skip
def test_the_expression_of_the_command_makes_what_the_wizard_makes(
    document: dict[str, Any], task: tuple[str | int, ...], container: tuple[str | int, ...]
) -> None:
    layout = Layout(task, "taskRoleArn", container)
    query = registration.query(document, layout, QUOTED)
    assert jmespath.search(query, document) == registration.edited(document, layout, QUOTED)
