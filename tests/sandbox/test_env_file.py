"""A shell goes into a sandbox with its environment file, and comes out of it as it was."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from wizard.sandbox.env_file import read_env_file, write_env_file

VARIABLES = {"AWS_REGION": "ap-northeast-1", "CLOUDSDK_CONFIG": "/a b/it's", "NO_PROXY": "127.0.0.1"}
SHOW = 'echo "${AWS_REGION-unset}|${CLOUDSDK_CONFIG-unset}|${NO_PROXY-unset}|${AWS_PROFILE-unset}"'
BEFORE = "unset|unset|corp.example|mine"
INSIDE = "ap-northeast-1|/a b/it's|127.0.0.1|unset"


@pytest.fixture(params=["sh", "bash", "zsh"])
def shell(request: pytest.FixtureRequest) -> str:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sandbox.env"
    write_env_file(path, VARIABLES)
    return path


def lines(shell: str, script: str) -> list[str]:
    """What a shell prints that has variables of its owner's."""
    environ = {"PATH": "/usr/bin:/bin", "NO_PROXY": "corp.example", "AWS_PROFILE": "mine"}
    command = [str(shutil.which(shell)), "-c", script]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_the_file_is_private_and_can_be_read(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_env_file(file) == VARIABLES


def test_what_leads_away_is_gone_inside_and_back_outside(shell: str, file: Path) -> None:
    assert lines(shell, f"{SHOW}; . {file}; {SHOW}; deactivate; {SHOW}") == [BEFORE, INSIDE, BEFORE]


def test_a_second_file_does_not_take_the_first_for_what_was_before(shell: str, file: Path) -> None:
    assert lines(shell, f". {file}; . {file}; {SHOW}; deactivate; {SHOW}") == [INSIDE, BEFORE]


def test_nothing_of_it_stays_in_the_shell(shell: str, file: Path) -> None:
    left = "set | grep -c ^_wif_wizard; type deactivate >/dev/null 2>&1 || echo gone"
    assert lines(shell, f". {file}; deactivate; {left}") == ["0", "gone"]


def test_the_prompt_says_sandbox(shell: str, file: Path) -> None:
    show = 'echo "$PS1"'
    assert lines(shell, f"PS1='$ '; . {file}; {show}; deactivate; {show}") == ["(sandbox) $ ", "$ "]


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_the_deactivate_of_a_virtual_environment_comes_back(shell: str, file: Path) -> None:
    own = "deactivate () { echo left the virtual environment; }"
    assert lines(shell, f"{own}; . {file}; deactivate; {SHOW}; deactivate") == [BEFORE, "left the virtual environment"]
