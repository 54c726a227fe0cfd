"""Child processes and one-off pods: at most eight at the same time, whatever number of setups is tested."""

import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from wizard.chain import child, slots
from wizard.chain.one_off_pod import OneOff, WaitLimits
from wizard.chain.slots import AT_ONCE, Stopped


def test_no_more_than_eight_have_a_place_at_the_same_time() -> None:
    inside, go = threading.Semaphore(0), threading.Event()

    def work() -> None:
        with slots.slot():
            inside.release()
            assert go.wait(5)

    threads = [threading.Thread(target=work) for _ in range(AT_ONCE + 2)]
    for thread in threads:
        thread.start()
    assert all(inside.acquire(timeout=5) for _ in range(AT_ONCE))
    assert not inside.acquire(timeout=0.1)
    go.set()
    for thread in threads:
        thread.join()
    assert all(inside.acquire(timeout=5) for _ in range(2))


@pytest.fixture
def nothing_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """No place is free."""
    taken = threading.BoundedSemaphore(1)
    taken.acquire()
    monkeypatch.setattr(slots, "_SLOTS", taken)


@pytest.mark.usefixtures("nothing_free")
def test_whoever_waits_for_a_place_stops_on_request_and_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a child process was started"))
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        child.run(tmp_path / "missing.py", "", {}, pytest.fail, 60, stop=stop)
    kubernetes: Any = None  # it is never called
    pod = OneOff(kubernetes, {"metadata": {"name": "probe"}}, WaitLimits(), pytest.fail, pytest.fail, stop=stop)
    with pytest.raises(Stopped):
        pod.run()
