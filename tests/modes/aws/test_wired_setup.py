"""What runs the workload, as a setup names it: what fits the runtime, and what is refused with a fix."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from wizard.modes.aws import app_code, rules
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.model import AwsSetup
from wizard.resources.kind import Kind

PLACE = "ap-northeast-1:111122223333"
JOB, TASK = f"arn:aws:batch:{PLACE}:job-definition/nightly", f"arn:aws:ecs:{PLACE}:task-definition/orders"


def setup(**aws: Any) -> AwsSetup:
    data = AwsSetup.example().model_dump(mode="json")
    data["aws"] |= aws
    return AwsSetup.model_validate(data)


def wired(**aws: Any) -> list[tuple[str, str]]:
    """The kinds and the names of what is changed last."""
    resources = Blueprint(setup(**aws), "1", {}, Path()).resources()
    last = [each for each in resources if each.kind not in ("IAM role", "instance profile") and each.needs[1:]]
    found = [each for each in last if isinstance(each, Kind) and each.kind in KINDS]
    return [(each.kind, each.label) for each in found]


KINDS = ("job definition", "task definition", "ECS service", "Lambda function", "EC2 instance")


@pytest.mark.parametrize("name", ["nightly", "nightly:7", JOB, f"{JOB}:7"])
def test_a_job_definition_is_named_by_name_revision_or_arn(name: str) -> None:
    assert wired(job_definition=name) == [("job definition", "nightly")]
    assert rules.definition_parts(name) == ("nightly", 7 if name.endswith(":7") else None)


def test_a_task_definition_comes_with_its_services() -> None:
    found = Blueprint(
        setup(runtime="ecs-fargate", task_definition=TASK, services=["prod/orders"]), "1", {}, Path()
    ).resources()
    definition, service = found[-2:]
    assert (definition.kind, service.kind, service.needs) == ("task definition", "ECS service", (definition,))
    assert set(definition.needs) == set(found[:-2])


def test_functions_and_instances_are_wired() -> None:
    arn = f"arn:aws:lambda:{PLACE}:function:loader"
    assert wired(runtime="lambda", function=arn) == wired(runtime="lambda", function="loader")
    assert wired(runtime="lambda", function=arn) == [("Lambda function", "loader")]
    instance = "i-0123456789abcdef0"
    assert wired(runtime="ec2", instance=instance, containerized=True) == [("EC2 instance", instance)]


def test_nothing_is_wired_that_the_setup_does_not_name() -> None:
    assert wired() == []


@pytest.mark.parametrize(
    ("aws", "what"),
    [
        ({"job_definition": "a b"}, "is not a valid job or task definition; write NAME, NAME:REVISION, or the ARN"),
        ({"job_definition": JOB.replace("ap-northeast-1", "eu-west-1")}, "is in region eu-west-1, but aws.region is"),
        ({"job_definition": JOB.replace("1111", "9999")}, "is in account 999922223333, but aws.account is"),
        ({"job_definition": TASK}, "the ARN is for a different kind of resource"),
        ({"task_definition": "orders"}, 'the runtime "batch-fargate" does not use task_definition'),
        ({"function": "loader"}, 'the runtime "batch-fargate" does not use function'),
        ({"runtime": "lambda", "function": f"arn:aws:lambda:{PLACE}:function:loader:prod"}, "names a version or an"),
        ({"runtime": "ec2", "instance": "web-1"}, "is not a valid instance ID"),
        ({"runtime": "ecs-fargate", "services": ["prod/orders"]}, "add aws.task_definition"),
        ({"runtime": "ecs-fargate", "task_definition": "orders", "services": ["orders"]}, "write CLUSTER/SERVICE"),
        ({"containerized": True}, 'the runtime "batch-fargate" does not use containerized'),
        ({"runtime": "ec2", "config_delivery": "environment"}, 'the runtime "ec2" does not use config_delivery'),
    ],
)
def test_what_does_not_fit_is_refused_with_its_fix(aws: dict[str, Any], what: str) -> None:
    with pytest.raises(ValidationError) as refused:
        setup(**aws)
    assert what in str(refused.value)


def test_the_texts_for_the_team_say_what_apply_does() -> None:
    def why(file: str, **aws: Any) -> str:
        made = setup(**aws)
        config = Blueprint(made, "1", {}, Path()).config()
        return next(each.why for each in app_code.exports(made, config) if each.file == file)

    assert why("environment.json").startswith("Add these variables")
    assert why("environment.json", job_definition="nightly").startswith("The wizard adds these variables")
    content = {"job_definition": "nightly", "config_delivery": "environment"}
    assert why("environment-content.json", **content).startswith("The wizard adds these variables")
    assert why("environment.json", runtime="lambda", function="loader").startswith("The wizard adds these variables")
    with pytest.raises(StopIteration):
        why("Dockerfile", **content)
