"""The real aws command, unchanged and behind the sandbox's proxy: permissions, managed policies, jobs and refusals."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.oracles.programs import Program, need
from wizard.sandbox.process import Sandbox

pytestmark = pytest.mark.xdist_group("aws-permissions")
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/loader"
DEV = f"arn:aws:iam::{ACCOUNT}:user/dev"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
)
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["ecs:*", "iam:Get*"], "Resource": "*"},
            {"Effect": "Deny", "Action": "ecs:DeleteCluster", "Resource": "*"},
        ],
    }
)


def said(program: Program, *words: str) -> str:
    """What a command that is refused says."""
    done = program.run(*words)
    assert done.code in (254, 255), done
    return done.err.strip()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    need("aws")
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def aws(sandbox: Sandbox) -> Program:
    return Program("aws", {**sandbox.environ(), "AWS_PAGER": "", "AWS_DEFAULT_OUTPUT": "json"})


@pytest.fixture(scope="module")
def dev(aws: Program) -> Program:
    """The command of a user with few permissions."""
    aws.ok("iam", "create-role", "--role-name", "loader", "--assume-role-policy-document", TRUST)
    aws.ok("iam", "create-user", "--user-name", "dev")
    aws.ok("iam", "put-user-policy", "--user-name", "dev", "--policy-name", "own", "--policy-document", POLICY)
    key = json.loads(aws.ok("iam", "create-access-key", "--user-name", "dev"))["AccessKey"]
    return aws.with_variables(AWS_ACCESS_KEY_ID=key["AccessKeyId"], AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"])


def test_a_permission_that_no_policy_gives_is_refused(dev: Program) -> None:
    assert json.loads(dev.ok("iam", "get-role", "--role-name", "loader"))["Role"]["Arn"] == ROLE
    assert said(dev, "iam", "list-users").endswith(
        "An error occurred (AccessDenied) when calling the ListUsers operation: "
        f"User: {DEV} is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::{ACCOUNT}:user/ "
        "because no identity-based policy allows the iam:ListUsers action"
    )
    assert said(dev, "ecs", "delete-cluster", "--cluster", "main").endswith(
        "with an explicit deny in an identity-based policy"
    )


def test_a_role_is_not_passed_without_the_permission(dev: Program) -> None:
    definition = ("--family", "load", "--container-definitions", '[{"name":"app","image":"python","memory":64}]')
    assert said(dev, "ecs", "register-task-definition", *definition, "--task-role-arn", ROLE).endswith(
        "An error occurred (AccessDeniedException) when calling the RegisterTaskDefinition operation: "
        f"User: {DEV} is not authorized to perform: iam:PassRole on resource: {ROLE} "
        "because no identity-based policy allows the iam:PassRole action"
    )


def test_a_managed_policy_is_attached_and_simulated(aws: Program, dev: Program) -> None:
    user = ("--user-name", "dev", "--policy-arn", "arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    aws.ok("iam", "attach-user-policy", *user)
    try:
        assert json.loads(dev.ok("iam", "list-users"))["Users"]
        actions = ("--action-names", "iam:ListUsers", "iam:CreateUser", "ecs:DeleteCluster")
        simulated = json.loads(aws.ok("iam", "simulate-principal-policy", "--policy-source-arn", DEV, *actions))
        decisions = [result["EvalDecision"] for result in simulated["EvaluationResults"]]
        assert decisions == ["allowed", "implicitDeny", "explicitDeny"]
    finally:
        aws.ok("iam", "detach-user-policy", *user)
    missing = "arn:aws:iam::aws:policy/NoSuchPolicy"
    assert said(aws, "iam", "get-policy", "--policy-arn", missing).endswith(f"Policy {missing} was not found.")


def test_a_policy_in_the_request_is_simulated(aws: Program) -> None:
    actions = ("--action-names", "ecs:RunTask", "s3:GetObject")
    simulated = json.loads(aws.ok("iam", "simulate-custom-policy", "--policy-input-list", POLICY, *actions))
    decisions = [result["EvalDecision"] for result in simulated["EvaluationResults"]]
    assert decisions == ["allowed", "implicitDeny"]


@pytest.mark.parametrize(
    ("words", "host"),
    [
        (("s3", "ls"), r"s3\.ap-northeast-1\.amazonaws\.com"),
        (("s3", "ls", "s3://bucket", "--no-sign-request"), r"bucket\.s3\.ap-northeast-1\.amazonaws\.com"),
        (("dynamodb", "list-tables"), r"dynamodb\.ap-northeast-1\.amazonaws\.com"),
        (("sns", "list-topics"), r"sns\.ap-northeast-1\.amazonaws\.com"),
        (("ecr", "describe-repositories"), r"api\.ecr\.ap-northeast-1\.amazonaws\.com"),
        (("cloudwatch", "list-metrics"), r"monitoring\.ap-northeast-1\.amazonaws\.com"),
        (("sts", "get-federation-token", "--name", "someone"), "sts:GetFederationToken"),
    ],
)
def test_what_the_sandbox_lacks_is_said(aws: Program, words: tuple[str, ...], host: str) -> None:
    assert re.search(rf": the sandbox has no {host}; nothing left this machine$", said(aws, *words))


def test_a_function_that_is_missing_is_not_found(aws: Program) -> None:
    arn = f"arn:aws:lambda:ap-northeast-1:{ACCOUNT}:function:nothing"
    text = said(aws, "lambda", "invoke", "--function-name", "nothing", "/dev/null")
    expected = "An error occurred (ResourceNotFoundException) when calling the Invoke operation"
    assert text.endswith(f"{expected}: Function not found: {arn}")


def test_a_job_runs_to_its_end(aws: Program) -> None:
    subnet = json.loads(aws.ok("ec2", "describe-subnets"))["Subnets"][0]["SubnetId"]
    resources = ("--compute-resources", f"type=FARGATE,maxvCpus=4,subnets={subnet}")
    aws.ok("batch", "create-compute-environment", "--compute-environment-name", "own", "--type", "MANAGED", *resources)
    order = ("--compute-environment-order", "order=1,computeEnvironment=own")
    aws.ok("batch", "create-job-queue", "--job-queue-name", "own", "--priority", "1", *order)
    needs = [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}]
    trusts = ("--assume-role-policy-document", TRUST)
    execution_role = json.loads(aws.ok("iam", "create-role", "--role-name", "execution", *trusts))["Role"]["Arn"]
    own = {"resourceRequirements": needs, "executionRoleArn": execution_role}
    container = {"image": "python", "command": ["sh", "-c", "exit 2"], **own}
    definition = ("--job-definition-name", "own", "--type", "container", "--platform-capabilities", "FARGATE")
    aws.ok("batch", "register-job-definition", *definition, "--container-properties", json.dumps(container))
    job = ("--job-name", "own", "--job-queue", "own", "--job-definition", "own")
    name = json.loads(aws.ok("batch", "submit-job", *job))["jobId"]
    states = []
    while not states or states[-1] not in ("SUCCEEDED", "FAILED"):
        described = json.loads(aws.ok("batch", "describe-jobs", "--jobs", name))["jobs"][0]
        states.append(described["status"])
    assert (states[-1], described["container"]["exitCode"]) == ("FAILED", 2)
    assert described["statusReason"] == "Essential container in task exited"
    environment = ("--compute-environment", "own")
    aws.ok("batch", "update-compute-environment", *environment, "--state", "DISABLED")
    assert "Cannot delete, found existing JobQueue relationship" in said(
        aws, "batch", "delete-compute-environment", *environment
    )
