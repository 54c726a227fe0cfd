"""Measures the budgets and prints them as a table; exits 1 when one is not kept."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tests.bench.timing import Row, alternating, command
from wizard.sandbox.process import Sandbox

WIZARD = [sys.executable, "-m", "wizard"]
LATENCY = 0.1
PROPAGATION = 4.0


def main() -> int:
    """Run every measurement."""
    rows = [help_beside_python(), setup_beside_commands(), setup_beside_its_longest_chain(), wait_for_propagation()]
    print("| what | wif-wizard | beside | ratio | budget |")
    print("|---|---|---|---|---|")
    for row in rows:
        print(row)
    return 0 if all(row.within for row in rows) else 1


def help_beside_python() -> Row:
    """`--help` against an interpreter that does nothing."""
    environ = dict(os.environ)
    python, wizard = alternating(
        15,
        lambda: command([sys.executable, "-c", "pass"], environ),
        lambda: command([*WIZARD, "--help"], environ),
    )
    return Row("`--help`", f"{wizard * 1000:.0f} ms", f"bare Python {python * 1000:.0f} ms", wizard / python, 6)


def setup_beside_commands() -> Row:
    """A whole setup, start-up included, against the gcloud and aws commands that the plan itself names."""
    if not (shutil.which("gcloud") and shutil.which("aws")):
        return Row("whole setup (gcloud or aws is absent)", "-", "-", float("nan"), 5, at_least=True)

    def by_wizard() -> float:
        with _world() as (environ, setup, _):
            return command([*WIZARD, "apply", str(setup), "--yes"], environ)

    def by_hand() -> float:
        with _world() as (environ, setup, _):
            script = setup.with_name("by-hand.sh")
            script.write_text("set -e\n" + "\n".join(_commands(environ, setup)) + "\n", encoding="utf-8")
            return command(["bash", str(script)], environ)

    wizard, hand = alternating(3, by_wizard, by_hand)
    return Row("whole setup", f"{wizard:.2f} s", f"gcloud and aws {hand:.2f} s", hand / wizard, 5, at_least=True)


def setup_beside_its_longest_chain() -> Row:
    """With round trips of 100 ms: the time between first call and last against the longest chain of calls in it."""
    with _world(latency=LATENCY) as (environ, setup, log):
        command([*WIZARD, "apply", str(setup), "--yes"], environ)
        ends = [_time(line) for line in _lines(log)]
    took = ends[-1] - (ends[0] - LATENCY)
    chain = _longest_chain(ends) * LATENCY
    beside = f"{round(chain / LATENCY)} calls one after another {chain:.2f} s"
    return Row("setup with 100 ms a call", f"{took:.2f} s", beside, took / chain, 1.3)


def wait_for_propagation() -> Row:
    """How long after a grant works the waiting test notices, in seconds, against the second that it may take."""
    with _world(propagation=PROPAGATION) as (environ, setup, log):
        command([*WIZARD, "apply", str(setup), "--yes"], environ)
        command([*WIZARD, "test", str(setup), "--from", "here", "--yes"], environ)
        lines = list(_lines(log))
    granted = max(_time(line) for line in lines if "setIamPolicy" in line["path"])
    tested = [line for line in lines if "testIamPermissions" in line["path"] and _time(line) > granted + PROPAGATION]
    late = _time(tested[0]) - (granted + PROPAGATION)
    return Row("wait for a grant to work", f"{late:.2f} s after it works", "1 s", late, 1)


@contextmanager
def _world(latency: float = 0, propagation: float = 0) -> Iterator[tuple[dict[str, str], Path, Path]]:
    """A warm sandbox with its environment, a setup file in a folder of its own, and the request log."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "requests.jsonl")
        with Sandbox("batch-bigquery", latency=latency, propagation=propagation, request_log=log) as sandbox:
            setup = Path(folder, "setup.yaml")
            setup.write_text(sandbox.setup_text, encoding="utf-8")
            environ = {**os.environ, **sandbox.environ, "XDG_STATE_HOME": str(Path(folder, "state"))}
            _warm(environ, log)
            yield environ, setup, log


def _warm(environ: Mapping[str, str], log: Path) -> None:
    """Wait until the heavy backends answer, and begin the log anew."""
    deadline = time.monotonic() + 30
    import boto3

    os_keys = {"aws_access_key_id": environ["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": environ["AWS_SECRET_ACCESS_KEY"]}
    iam = boto3.client("iam", endpoint_url=environ["AWS_ENDPOINT_URL"], region_name=environ["AWS_REGION"], **os_keys)
    while time.monotonic() < deadline:
        iam.list_roles()
        break
    log.write_text("", encoding="utf-8")


def _commands(environ: Mapping[str, str], setup: Path) -> list[str]:
    """The commands of the plan, in its order."""
    import subprocess

    plan = subprocess.run([*WIZARD, "plan", str(setup), "--json"], env=dict(environ), capture_output=True, text=True, check=False)
    return [line for change in json.loads(plan.stdout)["changes"] for line in change["commands"]]


def _lines(log: Path) -> Iterator[dict[str, str]]:
    for line in log.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _time(line: Mapping[str, str]) -> float:
    return datetime.fromisoformat(line["time"]).timestamp()


def _longest_chain(ends: list[float]) -> int:
    """How many calls can at most have followed one another: the most that do not overlap (a call takes LATENCY)."""
    count, last = 0, float("-inf")
    for end in sorted(ends):
        if end - LATENCY >= last:
            count, last = count + 1, end
    return count


if __name__ == "__main__":
    sys.exit(main())
