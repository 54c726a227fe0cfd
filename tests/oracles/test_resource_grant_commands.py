"""The grant commands for resources, typed into gcloud and bq in a copy of the world, do what apply does."""

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.oracles.programs import LIMIT, need
from tests.resources.test_resource_grants import PROJECT, ROLES, WORLD, grants, policy
from tests.resources.writing import action, change_of, write
from wizard.clouds.session import Clouds
from wizard.sandbox.process import Sandbox

LIKE_ANOTHER = (
    "projects/acme-analytics/subscriptions/orders-pull",
    "projects/acme-analytics/instances/ledger",
    "projects/acme-analytics/locations/asia-northeast1/keyRings/ring",
)
"""Resources whose commands are as those of a topic, a database and a key: left out, as each command takes a second."""

AT_ONCE = 2


@pytest.fixture(scope="module")
def worlds() -> Iterator[tuple[Sandbox, Sandbox]]:
    """Two sandboxes with the same in them."""
    for program in ("gcloud", "bq", "jq"):
        need(program)
    with Sandbox(str(WORLD)) as one, Sandbox(str(WORLD)) as copy:
        yield one, copy


def test_gcloud_and_bq_do_what_apply_does(worlds: tuple[Sandbox, Sandbox], tmp_path: Path) -> None:
    applied, typed = (Clouds(PROJECT, environ=sandbox.environ()) for sandbox in worlds)
    names = [on for on in ROLES if on not in LIKE_ANOTHER]
    commands: list[str] = []
    for on in names:
        (command,) = grants(on).commands(change_of(grants(on), typed))
        commands.append(command)
        write(grants(on), applied)

    def run(command: str) -> tuple[int, str]:
        done = subprocess.run(
            ["bash", "-c", command],
            env=worlds[1].environ(),
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for command, (code, said) in zip(commands, threads.map(run, commands), strict=True):
            assert code == 0, (command, said)
    for on in names:
        assert action(grants(on), typed) == "none"
        assert sorted(_entries(typed, on)) == sorted(_entries(applied, on))
    assert list(tmp_path.iterdir()) == []


def _entries(clouds: Clouds, on: str) -> list[str]:
    """The bindings or the access list, in which the order does not matter."""
    found = policy(clouds, on)
    entries = found.get("access") or found["bindings"]
    assert isinstance(entries, list)
    return [json.dumps(entry, sort_keys=True) for entry in entries]
