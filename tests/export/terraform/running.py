"""Real Terraform on an exported module, on its own or with a sandbox."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

LIMIT = 90
"""Seconds that one command may take."""


@dataclass(frozen=True)
class Module:
    """A folder with a module, and the variables that lead Terraform to providers and clouds."""

    folder: Path
    environ: Mapping[str, str]

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run one command to its end."""
        environ = {**os.environ, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", **self.environ}
        command, *rest = arguments
        return subprocess.run(
            ["terraform", command, "-no-color", *rest],
            cwd=self.folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )

    def ok(self, *arguments: str) -> str:
        """Run a command, which must succeed: its output."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def validate(self) -> None:
        """The module must be valid, and formatted."""
        self.ok("validate")
        done = self.run("fmt", "-check", "-diff")
        assert done.returncode == 0, done.stdout

    def apply(self) -> str:
        """Apply, which must succeed."""
        return self.ok("apply", "-auto-approve", "-input=false")

    def planned(self) -> "list[dict[str, Any]] | None":
        """Plan: every change of a resource, as `terraform show -json` has it; None if Terraform refuses."""
        if self.run("plan", "-input=false", "-out=planned").returncode != 0:
            return None
        found: list[dict[str, Any]] = json.loads(self.ok("show", "-json", "planned"))["resource_changes"]
        return [each for each in found if each["mode"] == "managed"]

    def must_be_in_place(self) -> None:
        """A plan, which must find nothing to change."""
        done = self.run("plan", "-input=false", "-detailed-exitcode")
        assert done.returncode == 0, done.stdout + done.stderr


def written(files: Iterable[tuple[str, str]], folder: Path, *without: str) -> Path:
    """Write a module to a folder, without some files: the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files:
        if name not in without:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def need_terraform() -> None:
    """Skip the test, and say why, where Terraform is not installed."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not installed")


def only_imports(planned: list[dict[str, Any]] | None) -> bool:
    """Whether a plan imports, and changes nothing but the argument that only Terraform's state has."""
    if planned is None:
        return False
    return all("importing" in each["change"] and _is_same(each) for each in planned)


def _is_same(change: dict[str, Any]) -> bool:
    before, after = change["change"]["before"], change["change"]["after"]
    if change["type"] == "google_project_service":
        return {**before, "disable_on_destroy": False} == after
    return bool(change["change"]["actions"] == ["no-op"])
