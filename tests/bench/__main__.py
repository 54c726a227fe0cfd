"""Measures the budgets and prints them as a table; exits 1 when one is not kept."""

from __future__ import annotations

import compileall
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
from typing import Any

from tests.bench import screens
from tests.bench.timing import Row, alternating, command
from wizard.federation import trust
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.sandbox import scenario
from wizard.sandbox.process import Sandbox

WIZARD = [sys.executable, "-m", "wizard"]
ROOT = Path(__file__).parents[2]
LATENCY = 0.1
PROPAGATION = 4.0
TEAM = Path(__file__).with_name("team.yaml").read_text(encoding="utf-8")


def main() -> int:
    """Run every measurement."""
    for package in ("wizard", "screens"):  # as pip leaves them, and as gcloud and aws are
        compileall.compile_dir(ROOT / package, quiet=1)
    rows = [
        help_beside_python(),
        setup_beside_commands("create an AWS setup", ("gcloud", "aws"), "batch-bigquery"),
        setup_beside_commands("create the GKE setup of a team", ("gcloud", "kubectl"), "gke-spanner", TEAM),
        setup_beside_its_longest_chain(),
        wait_for_propagation(),
        *screens.rows(),
    ]
    print("| measurement | wif-wizard | reference | ratio | budget for the ratio |")
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
    return Row(
        "run `wif-wizard --help`",
        f"{wizard * 1000:.0f} ms",
        f"start Python: {python * 1000:.0f} ms",
        wizard / python,
        6,
    )


def setup_beside_commands(what: str, programs: tuple[str, ...], name: str, text: str | None = None) -> Row:
    """A whole setup, start-up included, against the commands that the plan itself names; the scenario's or `text`."""
    if absent := [program for program in programs if shutil.which(program) is None]:
        return Row(f"{what} ({' and '.join(absent)} absent)", "-", "-", float("nan"), 5, at_least=True)

    def by_wizard() -> float:
        with _world(name, text) as (environ, setup, _):
            return command([*WIZARD, "apply", str(setup), "--yes"], environ)

    def by_hand() -> float:
        with _world(name, text) as (environ, setup, _):
            script = setup.with_name("by-hand.sh")
            script.write_text("set -e\n" + "\n".join(_commands(environ, setup)) + "\n", encoding="utf-8")
            return command(["bash", str(script)], environ)

    wizard, hand = alternating(3, by_wizard, by_hand)
    reference = f"create the same setup with {' and '.join(programs)}: {hand:.2f} s"
    return Row(what, f"{wizard:.2f} s", reference, hand / wizard, 5, at_least=True)


def setup_beside_its_longest_chain() -> Row:
    """With round trips of 100 ms: the time between first call and last against the longest chain of calls in it."""
    with _world(latency=LATENCY) as (environ, setup, log):
        command([*WIZARD, "apply", str(setup), "--yes"], environ)
        ends = [_time(line) for line in _lines(log)]
    took = ends[-1] - (ends[0] - LATENCY)
    chain = _longest_chain(ends) * LATENCY
    beside = f"{round(chain / LATENCY)} calls one after another: {chain:.2f} s"
    return Row("create a setup when each call takes 100 ms", f"{took:.2f} s", beside, took / chain, 1.3)


def wait_for_propagation() -> Row:
    """How long after a grant works the waiting test notices, in seconds, against the second that it may take."""
    with _world(propagation=PROPAGATION) as (environ, setup, log):
        _trust_the_operator(environ)  # so that the test waits for nothing but the grant
        command([*WIZARD, "apply", str(setup), "--yes"], environ)
        command([*WIZARD, "test", str(setup), "--from", "here"], environ)
        lines = list(_lines(log))
    works = max(_time(line) for line in lines if "setIamPolicy" in line["path"]) + PROPAGATION
    asked = [_time(line) for line in lines if "testIamPermissions" in line["path"]]
    if not any(each < works for each in asked[1:]):  # the first is the preflight's
        raise RuntimeError("the test did not have to wait, so nothing was measured")
    late = min(each for each in asked if each >= works) - works
    return Row(
        "delay between the moment a grant becomes effective and the moment the test continues",
        f"{late:.2f} s",
        "limit: 1 s",
        late,
        1,
    )


def _trust_the_operator(environ: Mapping[str, str]) -> None:
    """Make the workload's role, trusting its runtime and the operator, and wait until AWS honours that."""
    iam, sts = (_client(service, environ) for service in ("iam", "sts"))
    policy = trust.trust_policy(RUNTIMES["batch-fargate"].trusted_service("111122223333", "ap-northeast-1"))
    operator = {"Effect": "Allow", "Principal": {"AWS": sts.get_caller_identity()["Arn"]}, "Action": "sts:AssumeRole"}
    document = json.dumps({**policy, "Statement": [*policy["Statement"], operator]})
    role = iam.create_role(RoleName="rds-to-bigquery", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    for _ in range(100):
        try:
            sts.assume_role(RoleArn=role, RoleSessionName="bench")
            return
        except sts.exceptions.ClientError:
            time.sleep(0.2)
    raise RuntimeError("the role cannot be assumed")


@contextmanager
def _world(
    name: str = "batch-bigquery", text: str | None = None, latency: float = 0, propagation: float = 0
) -> Iterator[tuple[dict[str, str], Path, Path]]:
    """A warm sandbox with its environment, a setup file in a folder of its own, and the request log."""
    arguments = [f"--latency={latency}", f"--propagation={propagation}"]
    with tempfile.TemporaryDirectory() as folder, Sandbox(name, arguments) as sandbox:
        setup = Path(folder, "setup.yaml")
        setup.write_text(text or scenario.load(name).setup, encoding="utf-8")
        environ = {**sandbox.environ(), "XDG_STATE_HOME": str(Path(folder, "state"))}
        if scenario.load(name).aws:
            _warm(environ)
        sandbox.request_log.write_text("", encoding="utf-8")
        yield environ, setup, sandbox.request_log


def _warm(environ: Mapping[str, str]) -> None:
    """Wait until the heavy backend of AWS answers."""
    _client("iam", environ).list_roles()


def _client(service: str, environ: Mapping[str, str]) -> Any:
    import boto3

    return boto3.client(
        service,
        endpoint_url=environ["AWS_ENDPOINT_URL"],
        region_name=environ["AWS_REGION"],
        aws_access_key_id=environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
    )


def _commands(environ: Mapping[str, str], setup: Path) -> list[str]:
    """The commands of the plan, in its order."""
    import subprocess

    plan = subprocess.run(
        [*WIZARD, "plan", str(setup), "--json"], env=dict(environ), capture_output=True, text=True, check=False
    )
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
