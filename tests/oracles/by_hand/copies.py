"""Copies of one world: a sandbox each, with a folder, a home and a shell of its own."""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands.conftest import Answer
from tests.oracles.by_hand.ledger import Ledger, commands_in
from wizard.sandbox.process import Sandbox

Json = dict[str, Any]
LIMIT = 120
"""Seconds that one command may take on a busy machine."""


@dataclass(frozen=True)
class Copy:
    """One copy of a world. What the product prints in it is written into the ledger, and so is what the shell runs."""

    folder: Path
    sandbox: Sandbox
    ledger: Ledger
    command: Callable[..., Answer]

    @property
    def setup(self) -> Path:
        """The setup file."""
        return self.folder / "setup.yaml"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of every program: a home in the folder, and the clouds of the sandbox."""
        home = self.folder / "home"
        own = {"HOME": str(home), "XDG_STATE_HOME": str(home / "state")}
        kubeconfig = home / "kubeconfig"
        return self.sandbox.environ() | own | ({"KUBECONFIG": str(kubeconfig)} if kubeconfig.exists() else {})

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Make the environment that of this process."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environ.items():
                patch.setenv(name, value)
            for name in os.environ.keys() - self.environ.keys():
                patch.delenv(name)
            yield

    def wif(self, *arguments: str) -> Answer:
        """Run wif-wizard. If it answers in JSON, note the commands that it prints."""
        with self.entered():
            answer = self.command(*arguments)
        if "--json" in arguments:
            self.ledger.prints(*commands_in(answer.json))
        return answer

    def type_in(self, printed: str) -> str:
        """Run what the product printed with bash, in an empty folder; it must succeed. Return its output."""
        elsewhere = self.folder / "elsewhere"
        done = subprocess.run(
            ["bash", "-c", printed],
            cwd=elsewhere,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        assert done.returncode == 0, f"{printed}\n{done.stderr}"
        assert not list(elsewhere.iterdir()), f"{printed}\nleaves files where it was typed"
        self.ledger.ran(printed)
        return done.stdout


@contextmanager
def copy_of(scenario: Json, setup: str, folder: Path, ledger: Ledger, command: Callable[..., Answer]) -> Iterator[Copy]:
    """Start a copy of a world with a setup, in a new folder."""
    for part in (folder, folder / "home", folder / "elsewhere"):
        part.mkdir()
    world = folder / "home" / "world.yaml"
    world.write_text(yaml.safe_dump(scenario), encoding="utf-8")
    with Sandbox(str(world), ["--steady"]) as sandbox:
        copy = Copy(folder, sandbox, ledger, command)
        copy.setup.write_text(setup, encoding="utf-8")
        _own_kubeconfig(sandbox.variables, folder)
        yield copy


def _own_kubeconfig(variables: Mapping[str, str], folder: Path) -> None:
    """Copy the kubeconfig of the sandbox: get-credentials writes into it."""
    if "KUBECONFIG" in variables:
        text = Path(variables["KUBECONFIG"]).read_text(encoding="utf-8")
        (folder / "home" / "kubeconfig").write_text(text, encoding="utf-8")
