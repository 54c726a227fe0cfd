"""The real aws command works against the sandbox unchanged, and shows its refusals as AWS's."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.sandbox.aws.served import ACCOUNT, REGION, Account, Accounts, Clock, trust

pytestmark = [
    pytest.mark.skipif(shutil.which("aws") is None, reason="the aws command is not installed"),
    pytest.mark.xdist_group("aws-cli"),
]
OPERATOR = f"arn:aws:iam::{ACCOUNT}:user/operator"
LOADER = f"arn:aws:iam::{ACCOUNT}:role/loader"
OTHER = f"arn:aws:iam::{ACCOUNT}:role/other"
ECS_REFUSAL = f"ECS was unable to assume the role '{OTHER}' that was provided for this task."


@dataclass
class Aws:
    """The aws command of somebody."""

    endpoint: str
    key: dict[str, str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment |= {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
            **self.key,
        }
        return subprocess.run(["aws", *words], env=environment, capture_output=True, text=True, timeout=60, check=False)

    def __call__(self, *words: str) -> Any:
        """What a command that succeeds prints, as JSON."""
        done = self.run(*words, "--output", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def refused(self, *words: str) -> str:
        """What a command that is refused says."""
        done = self.run(*words)
        assert done.returncode in (254, 255), done.stdout
        return done.stderr.strip()


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def account(clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with Accounts(clock, tmp_path_factory.mktemp("aws")) as accounts:
        yield accounts(
            roles=[
                {"name": "loader", "service": "ecs-tasks.amazonaws.com", "source": "ecs"},
                {"name": "other", "service": "ec2.amazonaws.com"},
            ],
            clusters=["main"],
            job_queues=["loads"],
            deny=["iam:ListUsers"],
        )


@pytest.fixture(scope="module")
def aws(account: Account) -> Aws:
    operator = account.cloud.operator
    return user(account, operator.access_key_id, operator.secret_access_key)


def user(account: Account, access_key_id: str, secret: str, token: str | None = None) -> Aws:
    key = {"AWS_ACCESS_KEY_ID": access_key_id, "AWS_SECRET_ACCESS_KEY": secret}
    return Aws(account.cloud.endpoint, {**key, **({"AWS_SESSION_TOKEN": token} if token else {})})


def test_a_role_is_made_shown_listed_and_changed(aws: Aws) -> None:
    document = trust({"Service": "ecs-tasks.amazonaws.com"})
    made = aws("iam", "create-role", "--role-name", "made", "--path", "/a/", "--assume-role-policy-document", document)
    assert made["Role"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/a/made"
    changed = trust({"Service": "lambda.amazonaws.com"})
    aws("iam", "update-assume-role-policy", "--role-name", "made", "--policy-document", changed)
    shown = aws("iam", "get-role", "--role-name", "made")["Role"]
    assert shown["AssumeRolePolicyDocument"] == json.loads(changed)
    assert shown["RoleId"].startswith("AROA")
    assert "made" in [role["RoleName"] for role in aws("iam", "list-roles")["Roles"]]
    again = aws.refused("iam", "create-role", "--role-name", "made", "--assume-role-policy-document", document)
    assert again.endswith(
        "An error occurred (EntityAlreadyExists) when calling the CreateRole operation: "
        "Role with name made already exists."
    )


def test_an_instance_profile_is_made_with_its_role(aws: Aws) -> None:
    profile = ("--instance-profile-name", "profile")
    aws("iam", "create-instance-profile", *profile)
    aws("iam", "add-role-to-instance-profile", *profile, "--role-name", "other")
    shown = aws("iam", "get-instance-profile", *profile)["InstanceProfile"]
    assert [role["Arn"] for role in shown["Roles"]] == [OTHER]


def test_the_caller_is_known_and_assumes_a_role(aws: Aws, account: Account) -> None:
    assert aws("sts", "get-caller-identity")["Arn"] == OPERATOR
    document = trust({"AWS": OPERATOR})
    aws("iam", "create-role", "--role-name", "mine", "--assume-role-policy-document", document)
    role = ("--role-arn", f"arn:aws:iam::{ACCOUNT}:role/mine", "--role-session-name", "session")
    key = aws("sts", "assume-role", *role)["Credentials"]
    session = user(account, key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])
    assert session("sts", "get-caller-identity")["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/mine/session"
    bare = user(account, key["AccessKeyId"], key["SecretAccessKey"])
    assert "(InvalidClientTokenId)" in bare.refused("sts", "get-caller-identity")


def register_task(aws: Aws, role: str) -> str:
    container = json.dumps([{"name": "app", "image": "python"}])
    made = aws(
        *("ecs", "register-task-definition", "--family", "load", "--requires-compatibilities", "FARGATE"),
        *("--network-mode", "awsvpc", "--cpu", "256", "--memory", "512"),
        *("--task-role-arn", role, "--container-definitions", container),
    )
    return str(made["taskDefinition"]["taskDefinitionArn"])


def test_a_task_definition_is_registered_and_run(aws: Aws) -> None:
    definition = register_task(aws, OTHER)
    shown = aws("ecs", "describe-task-definition", "--task-definition", definition)["taskDefinition"]
    assert shown["taskRoleArn"] == OTHER
    subnet = aws("ec2", "describe-subnets")["Subnets"][0]["SubnetId"]
    network = ("--network-configuration", f"awsvpcConfiguration={{subnets=[{subnet}]}}")
    run = ("ecs", "run-task", "--cluster", "main", "--launch-type", "FARGATE", "--task-definition", definition)
    started = aws(*run, *network)["tasks"][0]
    task = aws("ecs", "describe-tasks", "--cluster", "main", "--tasks", started["taskArn"])["tasks"][0]
    assert task["lastStatus"] == "STOPPED"
    assert task["stoppedReason"].startswith(ECS_REFUSAL)


def test_a_job_definition_is_registered_shown_and_submitted(aws: Aws) -> None:
    needs = [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}]
    roles = {"jobRoleArn": LOADER, "executionRoleArn": LOADER}
    container = json.dumps({"image": "python", **roles, "resourceRequirements": needs})
    name = ("--job-definition-name", "load")
    kind = ("--type", "container", "--platform-capabilities", "FARGATE", "--container-properties", container)
    aws("batch", "register-job-definition", *name, *kind)
    shown = aws("batch", "describe-job-definitions", *name)["jobDefinitions"][0]
    assert shown["containerProperties"]["jobRoleArn"] == LOADER
    submitted = aws("batch", "submit-job", "--job-name", "n", "--job-queue", "loads", "--job-definition", "load")
    job = aws("batch", "describe-jobs", "--jobs", submitted["jobId"])["jobs"][0]
    assert job["status"] == "RUNNING"


def test_the_output_of_a_job_is_read_from_its_log_stream(aws: Aws) -> None:
    needs = [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}]
    program = "import os; print('from', os.environ['AWS_BATCH_JOB_ID'])"
    roles = {"jobRoleArn": LOADER, "executionRoleArn": LOADER}
    container = {"image": "python", **roles, "resourceRequirements": needs, "command": ["python3", "-c", program]}
    kind = ("--type", "container", "--platform-capabilities", "FARGATE")
    properties = ("--container-properties", json.dumps(container))
    aws("batch", "register-job-definition", "--job-definition-name", "says", *kind, *properties)
    submitted = aws("batch", "submit-job", "--job-name", "n", "--job-queue", "loads", "--job-definition", "says")
    deadline = time.monotonic() + 60
    while (job := aws("batch", "describe-jobs", "--jobs", submitted["jobId"])["jobs"][0])["status"] != "SUCCEEDED":
        assert time.monotonic() < deadline, job
    stream = ("--log-group-name", "/aws/batch/job", "--log-stream-name", job["container"]["logStreamName"])
    events = aws("logs", "get-log-events", *stream)["events"]
    assert [event["message"] for event in events] == [f"from {submitted['jobId']}"]


MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
INVALID = "The security token included in the request is invalid."
UNTRUSTED = f"User: {OPERATOR} is not authorized to perform: sts:AssumeRole on resource: {LOADER}"
DENIED = (
    f"User: {OPERATOR} is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::{ACCOUNT}:user/ "
    "because no identity-based policy allows the iam:ListUsers action"
)
NOBODY = f"arn:aws:iam::{ACCOUNT}:user/nobody"
ASSUME = ("sts", "assume-role", "--role-session-name", "session", "--role-arn", LOADER)
CREATE = ("iam", "create-role", "--role-name", "bad", "--assume-role-policy-document")
UPDATE = ("iam", "update-assume-role-policy", "--role-name", "other", "--policy-document")
REFUSALS = [
    ("wrong secret", ("sts", "get-caller-identity"), "SignatureDoesNotMatch", "GetCallerIdentity", MISMATCH),
    ("unknown key", ("sts", "get-caller-identity"), "InvalidClientTokenId", "GetCallerIdentity", INVALID),
    ("unknown key", ("ecs", "list-clusters"), "UnrecognizedClientException", "ListClusters", INVALID),
    ("root", ASSUME, "AccessDenied", "AssumeRole", "Roles may not be assumed by root accounts."),
    ("operator", ASSUME, "AccessDenied", "AssumeRole", UNTRUSTED),
    ("operator", ("iam", "list-users"), "AccessDenied", "ListUsers", DENIED),
    (
        "operator",
        ("iam", "get-role", "--role-name", "nothing"),
        "NoSuchEntity",
        "GetRole",
        "The role with name nothing cannot be found.",
    ),
    ("operator", (*CREATE, "{}"), "MalformedPolicyDocument", "CreateRole", "Syntax errors in policy."),
    (
        "operator",
        (*UPDATE, trust({"AWS": NOBODY})),
        "MalformedPolicyDocument",
        "UpdateAssumeRolePolicy",
        f'Invalid principal in policy: "AWS":"{NOBODY}"',
    ),
]


@pytest.mark.parametrize(("who", "words", "code", "operation", "text"), REFUSALS)
def test_a_refusal_is_shown_as_aws_s_own(
    account: Account, who: str, words: tuple[str, ...], code: str, operation: str, text: str
) -> None:
    operator, root = account.cloud.operator, account.cloud.root
    keys = {
        "operator": (operator.access_key_id, operator.secret_access_key),
        "root": (root.access_key_id, root.secret_access_key),
        "wrong secret": (operator.access_key_id, "wrong"),
        "unknown key": ("AKIAAAAAAAAAAAAAAAAA", "wrong"),
    }
    shown = user(account, *keys[who]).refused(*words)
    assert f"An error occurred ({code}) when calling the {operation} operation: {text}" in shown


def test_an_expired_session_is_shown_as_aws_s_own(account: Account, aws: Aws, clock: Clock) -> None:
    document = trust({"AWS": OPERATOR})
    aws("iam", "create-role", "--role-name", "short", "--assume-role-policy-document", document)
    role = ("--role-arn", f"arn:aws:iam::{ACCOUNT}:role/short", "--role-session-name", "session")
    key = aws("sts", "assume-role", *role, "--duration-seconds", "900")["Credentials"]
    session = user(account, key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])
    clock.pass_by(901)
    try:
        assert "(ExpiredToken)" in session.refused("sts", "get-caller-identity")
        assert "(SignatureDoesNotMatch)" in aws.refused("sts", "get-caller-identity")
    finally:
        clock.pass_by(-901)
