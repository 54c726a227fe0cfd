"""`wif-wizard serve-credentials`: it becomes the one file, and prints it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chain.container import CONFIG, SCRIPT, Endpoint, served
from tests.commands.conftest import Answer

ROOT = Path(__file__).parents[2]
WIF = (sys.executable, "-P", "-m", "wizard", "serve-credentials")


def run(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    variables = {**environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([*WIF, *arguments], env=variables, capture_output=True, text=True, timeout=60, check=False)


def test_it_prints_the_file_that_it_runs(wif: Callable[..., Answer]) -> None:
    answer = wif("serve-credentials", "--print")
    assert (answer.code, answer.out) == (0, SCRIPT.read_text(encoding="utf-8"))


def test_it_runs_a_program_and_exits_with_its_code() -> None:
    with served(Endpoint()) as endpoint:
        ended = run(endpoint.environ(), "--", "sh", "-c", 'cat "$GOOGLE_APPLICATION_CREDENTIALS"; exit 3')
    assert ended.returncode == 3, ended.stderr
    assert json.loads(ended.stdout)["audience"] == CONFIG["audience"]


def test_the_program_is_in_the_process_of_the_command() -> None:
    """So that signals of the container reach it, and no second Python takes memory."""
    with served(Endpoint()) as endpoint:
        variables = {**endpoint.environ(), "PYTHONPATH": str(ROOT)}
        program = ("sh", "-c", "echo $PPID")
        with subprocess.Popen([*WIF, "--", *program], env=variables, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert int(process.stdout.read()) == process.pid


@pytest.mark.parametrize("action", ["--print", "--check", "--print-config"])
def test_a_program_is_only_run(wif: Callable[..., Answer], action: str) -> None:
    answer = wif("serve-credentials", action, "--", "echo", "started")
    assert (answer.code, answer.out) == (64, "")
    assert "--print, --check and --print-config do not run a program" in answer.err


def test_outside_a_container_it_says_what_is_missing() -> None:
    environ = {"PATH": os.environ["PATH"], "GOOGLE_CREDENTIAL_CONFIG": json.dumps(CONFIG)}
    ended = run(environ, "--", "echo", "started")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "give the task a task role" in ended.stderr
