"""The first Ctrl-C is answered at once, whatever call is waited for."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.chain.fakes import Asked, FakeCloud, fake_clouds
from tests.commands.conftest import SETUP
from tests.commands.gke.worlds import SETUP as GKE_SETUP
from tests.heartbeats import without_heartbeats
from wizard.sandbox.env_file import UNSET

LIMIT = 8.0
"""Seconds within which it must end on a busy machine; it takes a fraction of one."""


@pytest.fixture
def stalled() -> Iterator[FakeCloud]:
    """A cloud that takes each call and answers none until the test has ended."""
    over = threading.Event()

    def stall(_: Asked) -> tuple[int, str]:
        over.wait(60)
        return 503, "too late"

    with fake_clouds() as cloud:
        cloud.answers["/"] = stall
        yield cloud
        over.set()


def environ(cloud: FakeCloud, home: Path) -> dict[str, str]:
    """An environment in which every call goes to the cloud that stalls."""
    return {
        **{name: value for name, value in os.environ.items() if name not in UNSET},
        **cloud.way_out,
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_REGION": "ap-northeast-1",
        "CLOUDSDK_AUTH_ACCESS_TOKEN": "ya29.operator-example",
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
    }


def until(condition: Callable[[], object], what: str) -> None:
    """Wait for a condition."""
    ends = monotonic() + 60
    while not condition():
        assert monotonic() < ends, what
        sleep(0.02)


@pytest.mark.parametrize(
    ("setup", "command"),
    [
        (SETUP, ["plan"]),
        (SETUP, ["apply", "--yes"]),
        (GKE_SETUP, ["plan", "--json"]),
        (GKE_SETUP, ["apply", "--yes"]),
        (GKE_SETUP, ["test", "--yes"]),
    ],
)
def test_a_stalled_read_is_left_at_once(stalled: FakeCloud, tmp_path: Path, setup: str, command: list[str]) -> None:
    file = tmp_path / "setup.yaml"
    file.write_text(setup, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "wizard", command[0], str(file), *command[1:]],
        env=environ(stalled, tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            until(lambda: stalled.asked or process.poll() is not None, "nothing was asked")
            sleep(0.2)
            os.kill(process.pid, signal.SIGINT)
            _, errors = process.communicate(timeout=LIMIT)
        finally:
            process.kill()
    assert process.returncode == 130
    assert without_heartbeats(errors).split() == ["Interrupted."]
