"""The exported script, run by sh with the real gcloud, aws and kubectl, leaves a world with nothing to do."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands.conftest import Answer, lead_here, wif
from tests.commands.conftest import World as Place
from tests.export.cases import CASES, Case
from tests.oracles.by_hand import aws_worlds
from tests.oracles.by_hand.worlds import World, chosen
from tests.oracles.programs import Finished, need
from tests.setups import loads
from tests.whole_world import changed, dump
from wizard.engine.resource import Resource
from wizard.sandbox.process import Sandbox
from wizard.work.opening import open_in_memory

__all__ = ["lead_here", "wif"]

LIMIT = 180
"""Seconds that one run of a script may take: gcloud takes up to a second to start."""

Lead = Callable[[Sandbox], None]
Wif = Callable[..., Answer]


@pytest.fixture(autouse=True)
def _programs() -> None:
    for program in ("sh", "gcloud", "aws", "kubectl"):
        need(program)


@contextmanager
def place(world: World, folder: Path, lead: Lead, wif: Wif) -> Iterator[Place]:
    """A sandbox with a world, and a folder with the setup and the files that are there already."""
    scenario = folder / "world.yaml"
    scenario.write_text(yaml.safe_dump(world.scenario), encoding="utf-8")
    with Sandbox(str(scenario), ["--steady"]) as sandbox:
        lead(sandbox)
        made = Place(folder, sandbox, wif)
        made.setup(world.setup)
        for name, text in world.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        yield made


def export(made: Place) -> Path:
    """Export the script beside the setup; its path."""
    answer = made.wif("export", str(made.folder / "setup.yaml"), "script", "--out", str(made.folder))
    assert answer.code == 0, answer.err
    return made.folder / "apply.sh"


def run(made: Place, *options: str, shell: str = "sh") -> Finished:
    """Run the script in a folder of its own, so that it must find its place by itself."""
    script = made.folder / "apply.sh"
    done = subprocess.run(
        [shell, str(script), *options],
        env=made.sandbox.environ(),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def owned_by_others(found: Any) -> set[str]:
    """Return every binding, entry of an access list, and statement of a trust policy in a dump of a world."""
    if isinstance(found, list):
        return set().union(*map(owned_by_others, found))
    if not isinstance(found, dict):
        return set()
    there: set[str] = set()
    for binding in found.get("bindings") or ():
        condition = json.dumps(binding.get("condition"), sort_keys=True)
        there |= {f"{binding['role']} {member} {condition}" for member in binding.get("members") or ()}
    if isinstance(found.get("Statement"), list):
        there |= {json.dumps(statement, sort_keys=True) for statement in found["Statement"]}
    if isinstance(found.get("access"), list):
        there |= {json.dumps(entry, sort_keys=True) for entry in found["access"]}
    return there.union(*map(owned_by_others, found.values()))


@pytest.mark.parametrize("case", chosen(CASES), ids=str)
def test_the_script_leaves_nothing_to_do(case: Case, tmp_path: Path, lead_here: Lead, wif: Wif) -> None:
    with place(case.world, tmp_path, lead_here, wif) as made:
        export(made)
        others = owned_by_others(dump(case.world.scenario))
        if case.loses:
            refused = run(made)
            assert (refused.code, "run the script again with --accept-loss" in refused.err) == (1, True), refused
        first = run(made, "--accept-loss")
        assert others <= owned_by_others(dump(case.world.scenario))
        if case.stops:
            assert first.code == 1, first
            assert case.stops in first.err
            return
        assert first.code == 0, first
        planned = made.wif("plan", str(made.folder / "setup.yaml"), "--json")
        assert planned.code == (2 if case.leaves else 0), planned.out
        assert ("The script does not do this: " in first.out) == case.leaves
        before, writes = dump(case.world.scenario), len(made.writes())
        again = run(made, "--accept-loss")
        assert (again.code, "changed: " in again.out) == (0, False), again
        assert made.writes()[writes:] == []
        assert changed(before, dump(case.world.scenario)) == []
        if case.passes:
            tested = made.wif("test", str(made.folder / "setup.yaml"), "--yes", "--json")
            assert tested.code == 0, tested.out


def test_the_script_is_the_same_for_who_may_not_read(tmp_path: Path, wif: Wif) -> None:
    """Without a sandbox, every call fails: no proxy is at the address that the tests set."""
    setup = tmp_path / "setup.yaml"
    setup.write_text(aws_worlds.setup(), encoding="utf-8")
    texts = {json.loads(wif("export", str(setup), "script", "--json").out)["files"][0]["text"] for _ in range(2)}
    (text,) = texts
    assert "PROJECT_NUMBER" in text and "123456789012" not in text


def test_the_script_does_not_depend_on_the_order_of_sets(tmp_path: Path) -> None:
    setup = tmp_path / "setup.yaml"
    access = {"via": "service-account", "service_account": "loader@acme-ledger.iam.gserviceaccount.com"}
    setup.write_text(aws_worlds.setup(google={"pool_project": "acme-ledger"}, access=access), encoding="utf-8")
    command = [sys.executable, "-m", "wizard", "export", str(setup), "script"]
    environs = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2", "3")]
    texts = {subprocess.run(command, env=each, capture_output=True, check=True).stdout for each in environs}
    assert len(texts) == 1


def test_names_with_signs_are_quoted(tmp_path: Path, wif: Wif) -> None:
    """A role at a path with a dollar, a quote and a backtick is one word of each command."""
    setup = tmp_path / "setup.yaml"
    role = f"arn:aws:iam::{aws_worlds.ACCOUNT}:role/a/b$c'd`e/rds-to-bigquery"
    setup.write_text(aws_worlds.setup({"role": role}), encoding="utf-8")
    answer = wif("export", str(setup), "script", "--json")
    assert answer.code == 0, answer.err
    script = answer.json["files"][0]["text"]
    assert shlex.quote("/a/b$c'd`e/") in script
    assert subprocess.run(["sh", "-n"], input=script, text=True, check=False).returncode == 0


def test_each_step_comes_after_those_that_it_needs() -> None:
    for case in CASES:
        setup = loads(case.world.setup)
        if getattr(setup, "aws", None) and setup.aws.runtime == "eks":
            continue  # its issuer is read from AWS
        done: list[Resource] = []
        for resource in open_in_memory(setup, Path("/nowhere"), ask_google=False).resources():
            assert set(resource.needs) <= set(done), (str(case), str(resource))
            done.append(resource)


def test_every_function_that_a_step_calls_is_in_the_script(tmp_path: Path, wif: Wif) -> None:
    """Steps call functions of the library by their names, which no compiler checks."""
    for number, case in enumerate(CASES):
        setup = tmp_path / f"{number}.yaml"
        if "runtime: eks" in case.world.setup:
            continue  # its issuer is read from AWS
        setup.write_text(case.world.setup, encoding="utf-8")
        answer = wif("export", str(setup), "script", "--json")
        assert answer.code == 0, answer.err
        script = answer.json["files"][0]["text"]
        library, steps = script.split("\n# ---- Steps ----\n")
        defined = set(re.findall(r"^(\w+)\(\) \{", library, re.MULTILINE))
        called = set(re.findall(r"^  ([a-z_]+) ", steps, re.MULTILINE)) - {"export", "printf"}
        assert called and called <= defined, (str(case), called - defined)
