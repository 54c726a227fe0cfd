"""A sandbox with the setup of a fault in it, and the commands, run in this process."""

import contextlib
import io
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from wizard import cli
from wizard.clouds.session import Clouds
from wizard.sandbox import scenario as scenarios
from wizard.sandbox.process import Sandbox
from wizard.work import breaking, faults
from wizard.work.faults import Fault, Step

Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Json:
        """The document on stdout; empty if there is none."""
        try:
            document: Json = json.loads(self.out)
        except ValueError:
            return {}
        return document

    @property
    def last_line(self) -> str:
        """What a command says when it refuses."""
        lines = (self.err.strip() or self.out.strip()).splitlines()
        return lines[-1] if lines else ""


def run(*arguments: str) -> Answer:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = cli.main(list(arguments))
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Answer(code, out.getvalue(), err.getvalue())


@dataclass(frozen=True)
class Place:
    """The setup of a fault in a folder, and the world around it."""

    setup: str
    configuration: str
    """The credential configuration that the setup names; empty if it names none."""
    world: breaking.World
    request_log: Path

    def requests(self) -> list[Json]:
        """Return the calls that the sandbox has answered."""
        return [json.loads(line) for line in self.request_log.read_text(encoding="utf-8").splitlines()]

    def writes(self) -> list[Json]:
        """Return the calls that wrote, of everything that the sandbox has answered."""
        return [request for request in self.requests() if request["kind"] == "write"]

    def take(self, steps: tuple[Step, ...]) -> None:
        """Take steps as the operator. Raises CloudError."""
        for step in steps:
            breaking.take(step, self.world)


@contextlib.contextmanager
def place_for(fault: Fault, *options: str) -> Iterator[Place]:
    """A sandbox of its own for a fault, with more options; the environment and the current folder lead there."""
    scenario = scenarios.load(fault.scenario)
    before, was_in = dict(os.environ), Path.cwd()
    with contextlib.ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="wif-wizard-fault-"))
        folder = Path(name)
        file = folder / f"{fault.scenario}.yaml"
        file.write_text(faults.world_text(fault, scenarios.text_of(fault.scenario)), encoding="utf-8")
        box = stack.enter_context(Sandbox(str(file), ["--steady", *options]))
        try:
            _set_environ({**box.environ(), "XDG_STATE_HOME": name})
            os.chdir(folder)
            setup = folder / "setup.yaml"
            setup.write_text(faults.setup_text(fault, scenario.setup), encoding="utf-8")
            document = yaml.safe_load(scenario.setup)
            clouds = Clouds(document["google"]["project"], document.get("aws", {}).get("region"))
            world = breaking.World(clouds, folder, scenario.names)
            yield Place("setup.yaml", document.get("credential_config", ""), world, box.request_log)
        finally:
            os.chdir(was_in)
            _set_environ(before)


def _set_environ(variables: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)
