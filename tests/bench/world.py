"""A sandbox to measure on, with the setup file, the request log, and AWS that is warm."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.bench.timing import command
from wizard.federation import trust
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.sandbox import process, scenario
from wizard.sandbox.process import Sandbox

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
WIZARD = [sys.executable, "-m", "wizard"]


@dataclass(frozen=True)
class Measured:
    """A running sandbox: the environment of programs that use it, and the setup file to give them."""

    environ: Mapping[str, str]
    setup: Path
    log: Path

    def run(self, verb: str, *arguments: str, ok: Sequence[int] = (0,)) -> float:
        """Run a command of the wizard on the setup. Returns the seconds that it takes. Raises RuntimeError."""
        return command([*WIZARD, verb, str(self.setup), *arguments], self.environ, ok)

    def calls(self) -> list[Json]:
        """Return the calls that the sandbox got since `forget`."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def forget(self) -> None:
        """Empty the request log."""
        self.log.write_text("", encoding="utf-8")

    def client(self, service: str) -> Any:
        """Return a client of AWS."""
        from tests.operators import boto

        return boto(self.environ, service)


@contextmanager
def shipped(name: str, setup: str | None = None, latency: float = 0, propagation: float = 0) -> Iterator[Measured]:
    """A scenario of the product, with its own setup unless another is given. Times are in seconds."""
    loaded = scenario.load(name)
    with served(name, setup or loaded.setup, latency, propagation) as measured:
        if loaded.aws:
            measured.client("iam").list_roles()  # answers when the heavy backend of AWS is loaded
            measured.forget()
        yield measured


@contextmanager
def made(document: str, setup: str, latency: float = 0) -> Iterator[Measured]:
    """A scenario from its text."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "scenario.yaml")
        file.write_text(document, encoding="utf-8")
        with served(str(file), setup, latency) as measured:
            yield measured


@contextmanager
def served(name: str, setup: str, latency: float = 0, propagation: float = 0) -> Iterator[Measured]:
    """A scenario by its name or the path of its file. New service accounts do not come and go."""
    arguments = ["--steady", f"--latency={latency}", f"--propagation={propagation}"]
    process.START_SECONDS = 120.0  # a large world on a busy machine
    with tempfile.TemporaryDirectory() as folder, Sandbox(name, arguments) as sandbox:
        file = Path(folder, "setup.yaml")
        file.write_text(setup, encoding="utf-8")
        environ = {**sandbox.environ(), "XDG_STATE_HOME": str(Path(folder, "state")), "PYTHONPATH": str(ROOT)}
        measured = Measured(environ, file, sandbox.request_log)
        measured.forget()
        yield measured


def ended(call: Mapping[str, Any]) -> float:
    """Return when a call of the request log ended, in seconds since the epoch."""
    return datetime.fromisoformat(call["time"]).timestamp()


def trust_the_operator(measured: Measured) -> None:
    """Create the workload's role, trusting its runtime and the operator, and wait until AWS honours that."""
    iam, sts = measured.client("iam"), measured.client("sts")
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
