"""ARNs from which the doctor cannot start: one sentence says what to name instead, with a command that prints it."""

import shlex

import botocore.session
import pytest

from wizard.modes.aws.live.other_arns import instead

HERE = "ap-northeast-1:111122223333"


@pytest.mark.parametrize(
    ("arn", "says"),
    [
        ("arn:aws:iam::111122223333:user/casey", "is an IAM user, not a role: enter the ARN of the workload's role"),
        ("arn:aws:iam::111122223333:policy/loader", "is an IAM policy, not a role"),
        ("arn:aws:iam::111122223333:root", "is the root user of an AWS account, not a role"),
        (
            "arn:aws-cn:s3:::acme",
            "the doctor cannot start from arn:aws-cn:s3:::acme: enter the ARN of a role, a job definition or a",
        ),
        (f"arn:aws:ecs:{HERE}:cluster/jobs", "the doctor cannot start from"),
        ("rds-to-bigquery", ""),
        ("an arn: in a sentence", ""),
    ],
)
def test_an_arn_of_something_else_says_what_to_name(arn: str, says: str) -> None:
    assert says in instead(arn)
    assert bool(instead(arn)) is bool(says)


COMMANDS = [
    "arn:aws:iam::111122223333:instance-profile/teams/loader",
    f"arn:aws:lambda:{HERE}:function:loader",
    f"arn:aws:ecs:{HERE}:task/jobs/0f1e2d3c",
    f"arn:aws:ecs:{HERE}:task/0f1e2d3c",
    f"arn:aws:ecs:{HERE}:service/jobs/loader",
    f"arn:aws:batch:{HERE}:job/0f1e2d3c",
]


@pytest.mark.parametrize("arn", COMMANDS)
def test_the_command_that_prints_what_to_name_is_one_of_the_aws_cli_with_options_that_it_has(arn: str) -> None:
    command = shlex.split(instead(arn).partition("This command prints the ARN: ")[2])
    assert command[0] == "aws"
    client = botocore.session.Session().create_client(
        command[1], region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    model = client.meta.service_model.operation_model("".join(part.title() for part in command[2].split("-")))
    options = [part.removeprefix("--").replace("-", "") for part in command if part.startswith("--")]
    known = {name.lower() for name in model.input_shape.members} | {"region", "query", "output"}
    assert set(options) <= known
    assert {name.lower() for name in model.input_shape.required_members} <= set(options)
    assert "{" not in instead(arn)
