"""serve-credentials: how soon it is ready, and how much memory it takes."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench.timing import Row
from tests.bench.world import ROOT, WIZARD
from tests.chain.container import Endpoint, ask, served, token

READY = 0.5
"""Seconds, at most."""
MEMORY = 60.0
"""MB, at most."""
STARTS, REQUESTS = 9, 200


def rows() -> Iterator[Row]:
    """Measure the command as it runs in a container, the start of wif-wizard included."""
    with served(Endpoint()) as endpoint:
        environ = endpoint.environ(PYTHONPATH=str(ROOT))
        measured = [_measured(environ, REQUESTS if number == 0 else 0) for number in range(STARTS)]
    seconds = median(ready for ready, _ in measured)
    megabytes = max(memory for _, memory in measured)
    limit = f"limit: {READY * 1000:.0f} ms"
    yield Row("time until `serve-credentials` is ready", f"{seconds * 1000:.0f} ms", limit, seconds / READY, 1)
    limit = f"limit: {MEMORY:.0f} MB"
    yield Row("memory that `serve-credentials` uses", f"{megabytes:.0f} MB", limit, megabytes / MEMORY, 1)


def _measured(environ: dict[str, str], requests: int) -> tuple[float, float]:
    """Seconds until it listens, and its peak memory in MB after some requests."""
    started = time.perf_counter()
    command = [*WIZARD, "serve-credentials", "--port", "0"]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            ready = time.perf_counter() - started
            port = int(line.rpartition(":")[2])
            for _ in range(requests):
                ask(port, "GET", "/latest/meta-data/iam/security-credentials", token(port))
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        finally:
            process.kill()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return ready, int(peak.split()[1]) / 1024
