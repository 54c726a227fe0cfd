"""The workflow's role in AWS, made by the commands of the folder, may do what `plan` and `test` do, and no more."""

import json
import re
import subprocess

import pytest

from tests.commands.conftest import World as Place
from tests.commands.conftest import lead_here, wif
from tests.export.cases import CASES, Case
from tests.export.test_script import Lead, Wif, place
from tests.operators import boto
from tests.oracles.programs import need

__all__ = ["lead_here", "wif"]

ROLE = "arn:aws:iam::111122223333:role/wif-wizard-ci"
TITLES = (
    "pods on EKS directly",
    "batch-fargate through a service account",
    "ecs-fargate directly",
    "ec2 directly",
    "lambda directly",
    "a job definition that has the role as its execution role",
    "a task definition and its service",
    "a function with variables of others",
    "an instance that has another profile, and a container on it",
)
WORLDS = [case for title in TITLES for case in CASES if case.world.title == title]
"""A world of each runtime, and those in which the setup names what runs the workload."""


def test_each_world_that_is_named_here_exists() -> None:
    assert [str(case) for case in WORLDS] == list(TITLES)


@pytest.mark.parametrize("case", WORLDS, ids=str)
def test_the_role_of_the_workflow_may_plan_and_test(
    case: Case,
    tmp_path_factory: pytest.TempPathFactory,
    lead_here: Lead,
    wif: Wif,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for program in ("sh", "aws", "kubectl"):
        need(program)
    with place(case.world, tmp_path_factory.mktemp("ci"), lead_here, wif) as made:
        setup = str(made.folder / "setup.yaml")
        applied = made.wif("apply", setup, "--yes", "--accept-loss")
        assert applied.code == 0, applied.out + applied.err
        assert made.wif("export", setup, "all", "--out", str(made.folder / "all")).code == 0
        _run_commands(made)
        for name, value in _keys_of_the_role(made).items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("KUBECONFIG", raising=False)

        planned = made.wif("plan", setup)
        tested = made.wif("test", setup, "--strict", "--yes")

    assert planned.code == 0, planned.out + planned.err
    assert "could not read" not in planned.out + planned.err
    assert tested.code == 0, tested.out + tested.err


def _run_commands(made: Place) -> None:
    """Run the commands for AWS, as the administrator of the account and of the cluster."""
    guide = (made.folder / "all" / "ci.md").read_text(encoding="utf-8")
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", guide.partition("\n## AWS\n")[2], re.DOTALL))
    if "--cluster-name" in commands:
        commands = "aws eks update-kubeconfig --name shop >/dev/null\n" + commands
    done = subprocess.run(
        ["sh", "-eu", "-c", commands.replace("OWNER/NAME", "acme-example/access")],
        env={**made.sandbox.environ(), "KUBECONFIG": str(made.folder / "kubeconfig")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _keys_of_the_role(made: Place) -> dict[str, str]:
    """Let the operator assume the role, which only the workflow may; the variables with its keys."""
    iam, sts = boto(made.sandbox.environ(), "iam"), boto(made.sandbox.environ(), "sts")
    trust = iam.get_role(RoleName="wif-wizard-ci")["Role"]["AssumeRolePolicyDocument"]
    operator = {"Effect": "Allow", "Principal": {"AWS": sts.get_caller_identity()["Arn"]}, "Action": "sts:AssumeRole"}
    document = json.dumps({**trust, "Statement": [*trust["Statement"], operator]})
    iam.update_assume_role_policy(RoleName="wif-wizard-ci", PolicyDocument=document)
    keys = sts.assume_role(RoleArn=ROLE, RoleSessionName="workflow")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }
