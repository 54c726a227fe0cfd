"""A grant that is stored but not enforced yet is waited out, visibly; and a test that is ended cleans up."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import IMPERSONATED, SETUP, Answer, World
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.sandbox.process import Sandbox


@pytest.fixture
def slow(tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> Iterator[World]:
    """A sandbox in which policies are enforced five seconds after they are stored."""
    with Sandbox(arguments=["--propagation", "5s", "--operation-time", "200ms"]) as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)


@pytest.fixture
def slower(tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> Iterator[World]:
    """A sandbox in which a grant is still young when the test is over, however busy the machine is."""
    with Sandbox(arguments=["--propagation", "15s"]) as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)


@pytest.mark.parametrize("text", [SETUP, IMPERSONATED], ids=["direct", "impersonated"])
def test_a_young_grant_is_waited_out_and_said(slow: World, text: str) -> None:
    _trust_the_operator()
    setup = slow.setup(text)
    assert slow.wif("apply", setup, "--yes").code == 0
    answer = slow.wif("test", setup, "--from", "here")
    assert answer.code == 0, answer.out
    assert "the newest grant is" in answer.out


def test_a_young_trust_statement_is_waited_out(slow: World) -> None:
    setup = slow.setup()
    assert slow.wif("apply", setup, "--yes").code == 0
    assert slow.wif("test", setup, "--from", "here", "--yes").code == 0
    refused = [each for each in slow.requests() if each["path"] == "AssumeRole" and each["status"] != 200]
    assert len(refused) > 1


def test_without_waiting_a_young_grant_is_a_refusal(slower: World) -> None:
    _trust_the_operator()
    setup = slower.setup()
    assert slower.wif("apply", setup, "--yes").code == 0
    answer = slower.wif("test", setup, "--from", "here", "--wait", "0", "--json")
    failed = [each["hop"] for each in answer.json["hops"] if each["status"] == "failed"]
    assert failed == ["permission"]


def test_a_test_that_is_told_to_end_takes_its_statement_out_again(fresh: World) -> None:
    setup = fresh.setup()
    assert fresh.wif("apply", setup, "--yes").code == 0
    clouds = Clouds("acme-analytics", "ap-northeast-1")
    before = clouds.aws.call("iam", "get_role", RoleName="rds-to-bigquery")["Role"]["AssumeRolePolicyDocument"]
    command = [sys.executable, "-m", "wizard", "test", setup, "--from", "here", "--yes"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if "Credential configuration" in line:  # the statement is in, and the probe runs
                running.send_signal(signal.SIGTERM)
        assert running.wait(30) in (130, 0)  # 0: it was done before the signal came
    after = clouds.aws.call("iam", "get_role", RoleName="rds-to-bigquery")["Role"]["AssumeRolePolicyDocument"]
    assert after == before


def _trust_the_operator() -> None:
    """Make the role so that the test waits for nothing but grants; returns when AWS honours it."""
    clouds = Clouds("acme-analytics", "ap-northeast-1")
    runtime = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    operator = {**runtime, "Principal": {"AWS": clouds.aws.caller()["Arn"]}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [runtime, operator]})
    role = clouds.aws.call("iam", "create_role", RoleName="rds-to-bigquery", AssumeRolePolicyDocument=document)["Role"]
    for _ in range(200):
        try:
            clouds.aws.call("sts", "assume_role", RoleArn=role["Arn"], RoleSessionName="ready")
            return
        except CloudError as error:
            assert error.reason == "AccessDenied"
            time.sleep(0.1)
    raise AssertionError("the role cannot be assumed")
