"""What large setups cost: calls in the sandbox's request log, memory, child processes, and what more of it costs."""

from __future__ import annotations

import http.client
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench import world
from tests.bench.timing import Row, pairs
from tests.bench.world import Measured
from tests.bench.worlds import GkeWorld

LATENCY = 0.1
CROWD, FEW, ASKED = 300, 3, 50


@dataclass(frozen=True)
class Cost:
    """What one command took. `memory` is in MB."""

    calls: int
    memory: float
    children: int


def rows() -> Iterator[Row]:
    """Yield every measurement of large setups."""
    crowd = GkeWorld(workloads=100, namespaces=10)
    yield _calls("API calls that `plan` makes for 100 workloads in 10 namespaces", cost(crowd, "plan"), 25)
    yield _calls("API calls that `plan` makes for 50 node pools", cost(GkeWorld(node_pools=50), "plan"), 12)
    tested = cost(GkeWorld(workloads=100, namespaces=10, done=True), "test", "--from", "here")
    yield _calls("API calls that `test --from here` makes for 100 workloads", tested, 420)
    at_once = f"{tested.children} processes"
    row = "concurrent child processes of `test --from here` for 100 workloads"
    yield Row(row, at_once, "limit: 8 processes", tested.children / 8, 1)
    beside = cost(GkeWorld(workloads=30, namespaces=10, neighbours=50, done=True), "test", "--from", "here")
    yield _calls("API calls that `test --from here` makes for 30 workloads, with 50 other clusters", beside, 300)
    memory = cost(GkeWorld(workloads=10, namespaces=10, pods=10_000), "plan").memory
    yield Row(
        "memory that `plan` uses for a cluster with 10,000 pods", f"{memory:.0f} MB", "limit: 250 MB", memory / 250, 1
    )
    yield test_of_many_projects()
    yield get_among_many()


def cost(large: GkeWorld, verb: str, *arguments: str) -> Cost:
    """Run a command on a large world. Returns what it took."""
    with world.made(large.scenario, large.setup) as measured:
        memory, children = _watched([*world.WIZARD, verb, str(measured.setup), *arguments], measured)
        return Cost(len(measured.calls()), memory, children)


def test_of_many_projects() -> Row:
    """The test of a workload with a role on 50 projects beside one with a role on one, each call delayed by 100 ms."""
    with ExitStack() as stack:
        many, one = (
            stack.enter_context(world.made(large.scenario, large.setup, LATENCY))
            for large in (GkeWorld(projects=50, done=True), GkeWorld(projects=1, done=True))
        )
        slow, fast, ratio = pairs(
            3, lambda: many.run("test", "--from", "here"), lambda: one.run("test", "--from", "here")
        )
    delay = f"with a delay of {LATENCY * 1000:.0f} ms for each call"
    row = f"time to run `test --from here` for a role on 50 projects, {delay}"
    return Row(row, f"{slow:.2f} s", f"a role on 1 project: {fast:.2f} s", ratio, 2)


def get_among_many() -> Row:
    """A GET of one object of a cluster with 300 deployments beside one with 3, in the sandbox."""
    with ExitStack() as stack:
        many, few = (
            stack.enter_context(world.made(large.scenario, large.setup))
            for large in (GkeWorld(workloads=CROWD), GkeWorld(workloads=FEW))
        )
        slow, fast, ratio = pairs(21, lambda: _get(many), lambda: _get(few))
    row = f"duration of a GET request in the sandbox cloud, for a cluster with {CROWD} deployments"
    beside = f"{FEW} deployments: {fast / ASKED * 1000:.2f} ms"
    return Row(row, f"{slow / ASKED * 1000:.2f} ms", beside, ratio, 1.2)


def _get(measured: Measured) -> float:
    """Return the seconds that ASKED calls take on one connection."""
    server = urlsplit(measured.environ["WIF_WIZARD_SANDBOX_KUBERNETES"])
    token = Path(measured.environ["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read_text(encoding="utf-8").strip()
    headers = {"Authorization": f"Bearer {token}"}
    connection = http.client.HTTPConnection(str(server.hostname), server.port)
    start = time.perf_counter()
    for _ in range(ASKED):
        connection.request("GET", "/apis/apps/v1/namespaces/team-0/deployments/runner-1", headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"the sandbox answers {answer.status}")
    took = time.perf_counter() - start
    connection.close()
    return took


def _watched(command: list[str], measured: Measured) -> tuple[float, int]:
    """Run a command. Returns the most memory that it had, in MB, and the most children that ran at the same time."""
    output = measured.setup.with_name("output")
    with output.open("wb") as file:
        process = subprocess.Popen(command, env=dict(measured.environ), stdout=file, stderr=file)
    most, memory = 0, 0.0
    while process.poll() is None:
        most, memory = max(most, _children(process.pid)), max(memory, _memory(process.pid))
        time.sleep(0.01)
    if process.returncode not in (0, 2):
        raise RuntimeError(f"{command}: exit {process.returncode}\n{output.read_text(encoding='utf-8')}")
    return memory, most


def _children(pid: int) -> int:
    """Return how many children a process has now. Each of its threads has a list of those that it started."""
    count = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            count += len(thread.read_text(encoding="utf-8").split())
        except OSError:  # the thread has ended
            continue
    return count


def _memory(pid: int) -> float:
    """Return the most memory that a process has had so far, in MB."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:  # it has ended
        return 0.0
    peaks = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(peaks[0].split()[1]) / 1000 if peaks else 0.0


def _calls(what: str, taken: Cost, most: int) -> Row:
    return Row(what, f"{taken.calls} calls", f"limit: {most} calls", taken.calls / most, 1)
