"""A sandbox that is ended, also by SIGKILL, leaves nothing behind once its owner or the next sandbox has looked."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.forked import REAL_SPAWN
from wizard.sandbox.env_file import read_env_file
from wizard.sandbox.process import Sandbox

PATIENCE = 20.0


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _real_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sandbox, "_spawn", REAL_SPAWN)


def _started(folder: Path, name: str = "env") -> tuple[subprocess.Popen[bytes], Path]:
    """A sandbox that keeps its files in that folder, and its environment file, which is elsewhere."""
    (folder / "tmp").mkdir(exist_ok=True)
    env_file = folder / name
    command = [sys.executable, "-P", "-m", "wizard.sandbox", "--scenario", "gke-spanner", "--env-file", str(env_file)]
    command += ["--run", "sleep 600"]
    environment = {**os.environ, "TMPDIR": str(folder / "tmp")}
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    _until(env_file.exists)
    return process, env_file


def _start_pod(env_file: Path) -> None:
    """Let a program run in a pod of the sandbox."""
    variables = read_env_file(env_file)
    token = Path(variables["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read_text()
    pod = {"metadata": {"name": "x"}, "spec": {"containers": [{"name": "a", "image": "python:3.12"}]}}
    url = f"{variables['WIF_WIZARD_SANDBOX_KUBERNETES']}/api/v1/namespaces/anti-fraud/pods"
    answer = requests.post(url, json=pod, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    assert answer.status_code == 201


def _programs(folder: Path) -> list[str]:
    """The command lines of processes that have the folder in their environment or arguments."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            seen = (path / "environ").read_bytes() + (path / "cmdline").read_bytes()
            state = (path / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if str(folder).encode() in seen and state != "Z" and path.name != str(os.getpid()):
            found.append((path / "cmdline").read_bytes().decode(errors="replace"))
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_signal_leaves_nothing_behind(number: signal.Signals, tmp_path: Path) -> None:
    process, env_file = _started(tmp_path)
    with process:
        _start_pod(env_file)
        _until(lambda: any("sleep" in each for each in _programs(tmp_path)))
        process.send_signal(number)
        process.wait(PATIENCE)
        _until(lambda: not _programs(tmp_path))
    if number == signal.SIGKILL:
        (left,) = (tmp_path / "tmp").iterdir()
        assert env_file.exists()
        following, _ = _started(tmp_path, "next")
        with following:
            assert not left.exists()
            following.terminate()
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not env_file.exists()
