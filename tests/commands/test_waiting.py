"""A grant that is stored but not enforced yet is waited out, visibly; and a test that is ended cleans up."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands.conftest import IMPERSONATED, SETUP, Answer, World
from wizard.clouds.session import Clouds
from wizard.sandbox.process import Sandbox

RUNTIME: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
OPERATOR = RUNTIME | {"Principal": {"AWS": "arn:aws:iam::111122223333:user/operator"}}


@pytest.fixture
def slow(
    request: pytest.FixtureRequest, tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]
) -> Iterator[World]:
    """A sandbox in which policies are enforced so many seconds after they are stored, and whose role is there.

    The role has trusted the operator for long, so that the test waits for nothing but what it is about.
    """
    propagation, statements = request.param
    world = yaml.safe_load(files("assets").joinpath("scenarios", "batch-bigquery.yaml").read_text(encoding="utf-8"))
    trust = {"Version": "2012-10-17", "Statement": statements}
    world["aws"]["roles"] = [{"name": "rds-to-bigquery", "trust": trust}]
    file = tmp_path / "edited.yaml"
    file.write_text(yaml.safe_dump(world), encoding="utf-8")
    with Sandbox(str(file), ["--propagation", f"{propagation}s", "--operation-time", "200ms"]) as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)


@pytest.mark.parametrize("text", [SETUP, IMPERSONATED], ids=["direct", "impersonated"])
@pytest.mark.parametrize("slow", [(8, [RUNTIME, OPERATOR])], ids=["slow"], indirect=True)
def test_a_young_grant_is_waited_out_and_said(slow: World, text: str) -> None:
    setup = slow.setup(text)
    assert slow.wif("apply", setup, "--yes").code == 0
    answer = slow.wif("test", setup, "--from", "here")
    assert answer.code == 0, answer.out
    assert "the newest grant is" in answer.out


@pytest.mark.parametrize("slow", [(2, [RUNTIME])], ids=["slow"], indirect=True)
def test_a_young_trust_statement_is_waited_out(slow: World) -> None:
    setup = slow.setup()
    assert slow.wif("apply", setup, "--yes").code == 0
    assert slow.wif("test", setup, "--from", "here", "--yes").code == 0
    refused = [each for each in slow.requests() if each["path"] == "AssumeRole" and each["status"] != 200]
    assert len(refused) > 1


@pytest.mark.parametrize("slow", [(600, [RUNTIME, OPERATOR])], ids=["slow"], indirect=True)
def test_without_waiting_a_young_grant_is_a_refusal(slow: World) -> None:
    setup = slow.setup()
    assert slow.wif("apply", setup, "--yes").code == 0
    answer = slow.wif("test", setup, "--from", "here", "--wait", "0", "--json")
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
