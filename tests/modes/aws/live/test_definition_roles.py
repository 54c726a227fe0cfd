"""Both roles of the definition that starts the workload are in the evidence."""

from typing import Any

import pytest

from wizard.modes.aws.live import own_definition
from wizard.modes.aws.model import AwsSetup

ROLE = "arn:aws:iam::111122223333:role/"


class Aws:
    """Gives one definition."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer

    def call(self, service: str, operation: str, **_: Any) -> dict[str, Any]:
        del service, operation
        return self.answer

    def pages(self, service: str, operation: str, key: str, **_: Any) -> list[Any]:
        del service, operation
        listed: list[Any] = self.answer[key]
        return listed


def told(answer: dict[str, Any], runtime: str, **names: str) -> list[str]:
    example = AwsSetup.example().model_dump(mode="json", exclude_defaults=True)
    setup = AwsSetup.model_validate(
        {"version": 1, "mode": "aws", **example, "aws": {**example["aws"], "runtime": runtime, **names}}
    )
    own = own_definition.read(Aws(answer), setup)  # type: ignore[arg-type]
    return own_definition.roles(own) if own else []


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ({"taskRoleArn": ROLE + "a", "executionRoleArn": ROLE + "b"}, "the task role a and the execution role b"),
        ({"taskRoleArn": ROLE + "team/a"}, "the task role a, and no execution role"),
        ({"executionRoleArn": ROLE + "b"}, "no task role. Its role b is the execution role"),
        ({}, "neither a task role nor an execution role"),
    ],
)
def test_of_a_task_definition(roles: dict[str, str], words: str) -> None:
    (line,) = told(
        {"taskDefinition": {"family": "loader", "revision": 3, **roles}}, "ecs-fargate", task_definition="loader"
    )
    assert words in line


def test_of_the_newest_job_definition() -> None:
    old = {"jobDefinitionName": "nightly", "revision": 1, "containerProperties": {"jobRoleArn": ROLE + "old"}}
    new = {
        "jobDefinitionName": "nightly",
        "revision": 12,
        "ecsProperties": {"taskProperties": [{"taskRoleArn": ROLE + "new", "executionRoleArn": ROLE + "b"}]},
    }
    (line,) = told({"jobDefinitions": [new, old]}, "batch-fargate", job_definition="nightly")
    assert "the task role new and the execution role b" in line
    assert told({"jobDefinitions": []}, "batch-fargate", job_definition="nightly") == []


def test_without_a_definition_nothing_is_read() -> None:
    assert told({}, "batch-fargate") == []
