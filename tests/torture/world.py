"""A fresh world for one trial: a sandbox, a setup, and a state directory of its own."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import yaml

from tests import forked
from tests.commands.conftest import IMPERSONATED
from tests.oracles.by_hand import aws_worlds
from tests.torture import left
from tests.torture.child import Child, Ended, command
from tests.whole_world import dump
from wizard.sandbox.env_file import UNSET
from wizard.sandbox.process import Sandbox

Json = dict[str, Any]
Mode = Literal["aws", "gke", "resources"]
"""A mode of the wizard; "resources" is AWS with roles on resources instead of the project."""


@cache
def scenario(mode: Mode) -> Json:
    """Return the scenario of a mode."""
    if mode == "aws":
        return aws_worlds.scenario(aws_worlds.IAM_ON)  # without IAM, nobody could read the accounts before
    if mode == "resources":
        return _resources_world()
    text = files("assets").joinpath("scenarios", "gke-spanner.yaml").read_text(encoding="utf-8")
    found: Json = yaml.safe_load(text)
    found["google"]["projects"][0]["services"].append("iam.googleapis.com")
    return found


def setup_text(mode: Mode) -> str:
    """Return the setup of a mode: on AWS with a service account, which has the most kinds of resources."""
    return IMPERSONATED if mode == "aws" else str(scenario(mode)["setup"])


def _resources_world() -> Json:
    """Return a world with one resource for each form of a policy: IAM, Cloud Storage, table, and list of a dataset."""
    view = {"view": {"projectId": aws_worlds.PROJECT, "datasetId": "stock", "tableId": "items"}}
    analyst = {"role": "READER", "userByEmail": "analyst@acme.example"}
    policy = [{"role": "roles/pubsub.viewer", "members": ["user:analyst@acme.example"]}]
    services = {"services": ["pubsub.googleapis.com", "iam.googleapis.com"]}
    project = {
        "datasets": [{"id": "orders", "access": [analyst, view]}, {"id": "stock", "tables": ["items"]}],
        "resources": [{"name": "topics/orders", "policy": policy}, {"name": "buckets/acme-orders-raw"}],
    }
    made = aws_worlds.scenario(project | services)
    roles = {
        "projects/acme-analytics/topics/orders": "roles/pubsub.publisher",
        "gs://acme-orders-raw": "roles/storage.objectViewer",
        "projects/acme-analytics/datasets/orders": "roles/bigquery.dataEditor",
        "acme-analytics:stock.items": "roles/bigquery.dataViewer",
    }
    grants = [{"on": on, "roles": [role]} for on, role in roles.items()]
    return {**made, "setup": aws_worlds.setup(access={"via": "direct", "grants": grants})}


@dataclass
class World:
    """A sandbox, with what points commands at it."""

    mode: Mode
    sandbox: Sandbox
    folder: Path
    count: int = 0

    @property
    def setup(self) -> str:
        """The path of the setup file."""
        return str(self.folder / "setup.yaml")

    def environ(self) -> dict[str, str]:
        """The environment of a command."""
        kept = {name: value for name, value in _BASE.items() if name not in UNSET}
        return {
            **kept,
            **self.sandbox.variables,
            "HOME": str(self.folder),
            "XDG_STATE_HOME": str(self.folder / "state"),
        }

    def start(self, *arguments: str, faster: float = 1.0) -> Child:
        """Start a command, whose waiting goes `faster` times as fast as usual. SETUP stands for the setup file."""
        self.count += 1
        output = self.folder / f"output-{self.count}"
        filled = [self.setup if each == "SETUP" else each for each in arguments]
        return Child(command(filled, faster), self.environ(), self.folder, output)

    def run(self, *arguments: str, faster: float = 1.0) -> Ended:
        """Run a command to its end. Arguments as those of `start`."""
        return self.start(*arguments, faster=faster).wait()

    def schedule(self, *faults: Json) -> None:
        """Let these faults strike from now on."""
        (self.folder / "faults.json").write_text(json.dumps(list(faults)), encoding="utf-8")

    def look(self) -> Json:
        """Return everything that is there, with what live tests have left."""
        self.count += 1
        found = self.folder / f"world-{self.count}.json"

        def read() -> int:
            state = dump(scenario(self.mode), *self.folder.glob("clientLibraryConfig*.json"))
            state["tests"] = left.by_tests(scenario(self.mode))
            found.write_text(json.dumps(state, default=str), encoding="utf-8")
            return 0

        ended = Child(read, self.environ(), self.folder, self.folder / f"look-{self.count}").wait()
        assert ended.code == 0, ended.text
        text = found.read_text(encoding="utf-8").replace(str(self.folder), "FOLDER")
        state: Json = json.loads(text)
        return state

    def log(self) -> list[Json]:
        """Return the calls that the sandbox has answered so far."""
        return [json.loads(line) for line in self.sandbox.request_log.read_text(encoding="utf-8").splitlines()]

    def held(self, before: int, child: Child, seconds: float = 60.0) -> bool:
        """Wait until a call is held, after the log had `before` lines. Returns False if the command ended instead."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if any(line.get("fault", "").startswith("held") for line in self.log()[before:]):
                return True
            if child.has_ended:
                return False
            time.sleep(0.02)
        return False

    def settle(self, seconds: float = 1.0) -> None:
        """Wait until no call has been made for this long."""
        seen, since = len(self.log()), time.monotonic()
        while time.monotonic() - since < seconds:
            time.sleep(0.05)
            if len(self.log()) != seen:
                seen, since = len(self.log()), time.monotonic()

    def secrets(self) -> list[str]:
        """Return the secrets of the operator in this world, of which no command prints or records a part."""
        variables = self.sandbox.variables
        token = Path(variables["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read_text(encoding="utf-8").strip()
        found = [token, variables.get("AWS_SECRET_ACCESS_KEY", "")]
        shared = Path(variables.get("AWS_SHARED_CREDENTIALS_FILE", "/nowhere"))
        if shared.is_file():
            lines = shared.read_text(encoding="utf-8").splitlines()
            found += [line.partition("=")[2].strip() for line in lines if "secret" in line]
        return [secret for secret in found if secret]

    def printed(self) -> str:
        """Return everything that commands have printed and recorded."""
        outputs = list(self.folder.glob("output-*"))
        recorded = [path for path in (self.folder / "state").rglob("*") if path.is_file()]
        return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in (*outputs, *recorded))


_BASE: dict[str, str] = {}


@cache
def _start_by_forking() -> None:
    """Let all sandboxes of this process be forks of one."""
    forked.start_by_forking()


@contextmanager
def opened(
    mode: Mode, base: dict[str, str], before: Sequence[Sequence[str]] = (), more: Sequence[str] = ()
) -> Iterator[World]:
    """Open a fresh world, in which the commands `before` were run to their ends.

    `more` are options of the sandbox.
    """
    _BASE.clear()
    _BASE.update(base)
    _start_by_forking()
    with TemporaryDirectory(prefix="torture-") as name:
        folder = Path(name)
        (folder / "setup.yaml").write_text(setup_text(mode), encoding="utf-8")
        (folder / "faults.json").write_text("[]", encoding="utf-8")
        (folder / "scenario.yaml").write_text(yaml.safe_dump(scenario(mode)), encoding="utf-8")
        options = ["--steady", "--faults", str(folder / "faults.json"), *more]
        with Sandbox(str(folder / "scenario.yaml"), options) as sandbox:
            world = World(mode, sandbox, folder)
            for arguments in before:
                ended = world.run(*arguments)
                assert ended.code == 0, ended.text
            yield world
