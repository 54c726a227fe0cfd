"""The real programs that judge the sandbox."""

import json
import shutil
import subprocess
from dataclasses import dataclass, replace
from typing import Any

import pytest

LIMIT = 60
"""Seconds that one command may take."""


@dataclass(frozen=True)
class Finished:
    """What a command left: exit code and texts."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Program:
    """A program with the environment that leads it to the sandbox."""

    name: str
    environ: dict[str, str]

    def with_variables(self, **variables: str) -> "Program":
        """The same with more variables."""
        return replace(self, environ={**self.environ, **variables})

    def run(self, *arguments: str) -> Finished:
        """Run it to its end."""
        done = subprocess.run(
            [self.name, *arguments], env=self.environ, capture_output=True, text=True, timeout=LIMIT, check=False
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def ok(self, *arguments: str) -> str:
        """Run it, which must succeed: its output."""
        done = self.run(*arguments)
        assert done.code == 0, done.err
        return done.out

    def json(self, *arguments: str) -> Any:
        """Run it with `--format=json`, which must succeed: the document that it prints."""
        return json.loads(self.ok(*arguments, "--format=json"))

    def refused(self, *arguments: str) -> str:
        """Run it, which must fail: what it says."""
        done = self.run(*arguments)
        assert done.code == 1, done
        return done.err


def need(program: str) -> None:
    """Skip the test, and say why, where the program is not installed."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
