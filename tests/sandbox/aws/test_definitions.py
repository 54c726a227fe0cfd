"""A described definition has everything that was registered, and its roles have to be passed."""

from typing import Any

from tests.sandbox.aws.served import ACCOUNT, REGION, Account, Accounts, refusal

ROLE = f"arn:aws:iam::{ACCOUNT}:role/loader"
ROLES = [{"name": "loader", "service": "ecs-tasks.amazonaws.com"}]
CONTAINER = {
    "image": "acme/load:1",
    "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}],
}
JOB: dict[str, Any] = {
    "jobDefinitionName": "nightly",
    "type": "container",
    "schedulingPriority": 5,
    "propagateTags": True,
    "platformCapabilities": ["FARGATE"],
    "tags": {"team": "data"},
    "retryStrategy": {"attempts": 3},
    "timeout": {"attemptDurationSeconds": 600},
    "containerProperties": {**CONTAINER, "executionRoleArn": ROLE, "environment": [{"name": "A", "value": "b"}]},
}
ON_ECS: dict[str, Any] = {
    "jobDefinitionName": "several",
    "type": "container",
    "platformCapabilities": ["FARGATE"],
    "ecsProperties": {
        "taskProperties": [
            {"executionRoleArn": ROLE, "containers": [{"name": "load", **CONTAINER}, {"name": "proxy", "image": "p"}]}
        ]
    },
}
TASK: dict[str, Any] = {
    "family": "orders",
    "enableFaultInjection": True,
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "tags": [{"key": "team", "value": "data"}],
    "containerDefinitions": [{"name": "app", "image": "acme/orders:1"}],
}


def described(account: Account, name: str) -> list[Any]:
    answer = account.client("batch").describe_job_definitions(jobDefinitionName=name)
    return list(answer["jobDefinitions"])


def test_a_job_definition_is_described_as_it_was_registered(accounts: Accounts) -> None:
    account = accounts(roles=ROLES)
    for definition in (JOB, ON_ECS):
        account.client("batch").register_job_definition(**definition)
        (found,) = described(account, definition["jobDefinitionName"])
        assert {key: found[key] for key in definition if key != "containerProperties"} == {
            key: value for key, value in definition.items() if key != "containerProperties"
        }
        kept = definition.get("containerProperties", {})
        assert {key: found["containerProperties"][key] for key in kept} == kept
        assert ("containerProperties" in found) == ("containerProperties" in definition)


def test_a_revision_has_what_was_registered_for_it_only(accounts: Accounts) -> None:
    account = accounts(roles=ROLES)
    batch = account.client("batch")
    batch.register_job_definition(**JOB)
    batch.register_job_definition(jobDefinitionName="nightly", type="container", containerProperties=CONTAINER)
    first, second = described(account, "nightly")
    assert (first["platformCapabilities"], first["propagateTags"]) == (["FARGATE"], True)
    assert (second["platformCapabilities"], second["propagateTags"]) == (["EC2"], False)
    assert "schedulingPriority" not in second


def test_a_seeded_definition_is_described_as_the_scenario_has_it(accounts: Accounts) -> None:
    account = accounts(roles=ROLES, job_definitions=[JOB, ON_ECS], task_definitions=[TASK])
    assert described(account, "nightly")[0]["schedulingPriority"] == 5
    assert described(account, "several")[0]["ecsProperties"] == ON_ECS["ecsProperties"]
    found = account.client("ecs").describe_task_definition(taskDefinition="orders", include=["TAGS"])
    assert (found["taskDefinition"]["enableFaultInjection"], found["tags"]) == (True, TASK["tags"])


def test_a_family_stands_for_its_newest_active_revision(accounts: Accounts) -> None:
    account = accounts(roles=ROLES, task_definitions=[TASK, TASK, TASK])
    ecs = account.client("ecs")
    ecs.deregister_task_definition(taskDefinition="orders:3")
    assert ecs.describe_task_definition(taskDefinition="orders")["taskDefinition"]["revision"] == 2
    arns = ecs.list_task_definitions(familyPrefix="orders", status="ACTIVE", sort="DESC")["taskDefinitionArns"]
    assert [arn.rpartition(":")[2] for arn in arns] == ["2", "1"]
    for revision in (1, 2):
        ecs.deregister_task_definition(taskDefinition=f"orders:{revision}")
    missing = ("ClientException", "Unable to describe task definition.", 400)
    assert refusal(ecs.describe_task_definition, taskDefinition="orders") == missing
    assert ecs.describe_task_definition(taskDefinition="orders:1")["taskDefinition"]["status"] == "INACTIVE"


def test_jobs_are_listed_by_their_definition(accounts: Accounts) -> None:
    account = accounts(roles=ROLES, job_queues=["nights"], job_definitions=[JOB, {**JOB, "jobDefinitionName": "other"}])
    batch = account.client("batch")
    for name in ("nightly", "other"):
        batch.submit_job(jobName=name, jobQueue="nights", jobDefinition=name)
    for value, names in (("nightly", ["nightly"]), ("nightly:1", ["nightly"]), ("nightly:2", []), ("o*", ["other"])):
        wanted = [{"name": "JOB_DEFINITION", "values": [value]}]
        jobs = batch.list_jobs(jobQueue="nights", filters=wanted)["jobSummaryList"]
        assert [job["jobName"] for job in jobs] == names


def test_every_role_of_a_definition_has_to_be_passed(accounts: Accounts) -> None:
    account = accounts(roles=ROLES, deny=["iam:PassRole"])
    nodes = {
        "numNodes": 1,
        "mainNode": 0,
        "nodeRangeProperties": [{"targetNodes": "0:", "container": {"jobRoleArn": ROLE}}],
    }
    multinode = {"jobDefinitionName": "nodes", "type": "multinode", "nodeProperties": nodes}
    for definition in (JOB, ON_ECS, multinode):
        code, message, _ = refusal(account.client("batch").register_job_definition, **definition)
        assert code == "AccessDeniedException"
        assert f"is not authorized to perform: iam:PassRole on resource: {ROLE}" in message


def test_what_starts_jobs_is_described_and_passes_its_role(accounts: Accounts) -> None:
    account = accounts(roles=ROLES)
    events, scheduler, states = (account.client(name) for name in ("events", "scheduler", "stepfunctions"))
    target = {"Id": "1", "Arn": f"arn:aws:batch:{REGION}:{ACCOUNT}:job-queue/nights", "RoleArn": ROLE}
    parameters = {"JobDefinition": "nightly:1", "JobName": "n"}
    events.put_rule(Name="nights", ScheduleExpression="rate(1 day)")
    events.put_targets(Rule="nights", Targets=[{**target, "BatchParameters": parameters}])
    assert events.list_targets_by_rule(Rule="nights")["Targets"][0]["BatchParameters"] == parameters
    scheduled = {"Arn": "arn:aws:scheduler:::aws-sdk:batch:submitJob", "RoleArn": ROLE, "Input": "{}"}
    window = {"Mode": "OFF"}
    scheduler.create_schedule(
        Name="weekly", ScheduleExpression="rate(7 days)", FlexibleTimeWindow=window, Target=scheduled
    )
    assert scheduler.get_schedule(Name="weekly")["Target"]["Input"] == "{}"
    made = states.create_state_machine(name="flow", roleArn=ROLE, definition='{"StartAt": "A", "States": {}}')
    assert states.describe_state_machine(stateMachineArn=made["stateMachineArn"])["name"] == "flow"
    pipes = account.client("pipes")
    piped = {"Source": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", "Target": target["Arn"], "RoleArn": ROLE}
    pipes.create_pipe(Name="orders", **piped, TargetParameters={"BatchJobParameters": parameters})
    assert pipes.describe_pipe(Name="orders")["TargetParameters"]["BatchJobParameters"] == parameters
    assert [each["Target"] for each in pipes.list_pipes()["Pipes"]] == [target["Arn"]]


def test_a_role_of_what_starts_jobs_has_to_be_passed(accounts: Accounts) -> None:
    account = accounts(roles=ROLES, deny=["iam:PassRole"])
    account.client("events").put_rule(Name="nights", ScheduleExpression="rate(1 day)")
    scheduled = {"Arn": "arn:aws:scheduler:::aws-sdk:batch:submitJob", "RoleArn": ROLE, "Input": "{}"}
    calls = (
        (
            "events",
            "put_targets",
            {"Rule": "nights", "Targets": [{"Id": "1", "Arn": "arn:aws:sns:x", "RoleArn": ROLE}]},
        ),
        (
            "scheduler",
            "create_schedule",
            {
                "Name": "w",
                "ScheduleExpression": "rate(7 days)",
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": scheduled,
            },
        ),
        ("pipes", "create_pipe", {"Name": "p", "Source": "arn:aws:sqs:x", "Target": "arn:aws:sqs:x", "RoleArn": ROLE}),
        ("stepfunctions", "create_state_machine", {"name": "flow", "roleArn": ROLE, "definition": "{}"}),
    )
    for service, operation, parameters in calls:
        code, message, _ = refusal(getattr(account.client(service), operation), **parameters)
        assert (code, f"iam:PassRole on resource: {ROLE}" in message) == ("AccessDeniedException", True)


def test_nothing_starts_what_a_rule_or_a_state_machine_names(account: Account) -> None:
    entry = {"Source": "acme", "DetailType": "x", "Detail": "{}"}
    assert refusal(account.client("events").put_events, Entries=[entry])[2] == 501
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:flow"
    assert refusal(account.client("stepfunctions").start_execution, stateMachineArn=arn)[2] == 501
