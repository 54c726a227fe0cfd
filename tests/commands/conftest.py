"""The commands, run in this process against a sandbox."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wizard import cli
from wizard.sandbox.process import Sandbox

SETUP = """\
version: 1
mode: aws
aws: {account: "111122223333", region: ap-northeast-1, runtime: batch-fargate, role: rds-to-bigquery}
google: {project: acme-analytics, pool: aws-prod, provider: aws-111122223333}
access:
  via: direct
  grants: [{on: projects/acme-analytics, roles: [roles/bigquery.dataEditor, roles/bigquery.jobUser]}]
credential_config: clientLibraryConfig-aws-provider.json
"""
IMPERSONATED = SETUP.replace("via: direct", "via: service-account\n  service_account: bq-loader")


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True)
class World:
    """A folder with a setup, and the sandbox that the environment leads to."""

    folder: Path
    sandbox: Sandbox
    wif: Callable[..., Answer]

    def setup(self, text: str = SETUP) -> str:
        """Write the setup file; its path."""
        path = self.folder / "setup.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    @property
    def config(self) -> Path:
        """The credential configuration that the setup names."""
        return self.folder / "clientLibraryConfig-aws-provider.json"

    def requests(self) -> list[dict[str, Any]]:
        """Every call that the sandbox has answered."""
        return [json.loads(line) for line in self.sandbox.request_log.read_text(encoding="utf-8").splitlines()]

    def writes(self) -> list[dict[str, Any]]:
        """The calls that write."""
        return [each for each in self.requests() if each["kind"] == "write"]


@pytest.fixture
def wif(capfd: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run a command: `wif("plan", file)`."""

    def run(*arguments: str) -> Answer:
        capfd.readouterr()
        try:
            code = cli.main(list(arguments))
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        out, err = capfd.readouterr()
        return Answer(code, out, err)

    return run


@pytest.fixture
def lead_here(monkeypatch: pytest.MonkeyPatch) -> Callable[[Sandbox], None]:
    """Point the environment at a sandbox."""

    def lead(sandbox: Sandbox) -> None:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)

    return lead


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    """One sandbox for the tests of a module that leave it as they found it, or do not mind."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def world(
    tmp_path: Path, shared_sandbox: Sandbox, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]
) -> World:
    """A folder of one's own on the module's sandbox."""
    lead_here(shared_sandbox)
    return World(tmp_path, shared_sandbox, wif)


@pytest.fixture
def fresh(tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> Iterator[World]:
    """A folder of one's own on a sandbox of one's own."""
    with Sandbox() as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)
