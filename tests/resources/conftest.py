"""The clouds of a sandbox that has things in many states."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from wizard.clouds.session import Clouds
from wizard.sandbox.process import Sandbox

WORLD = Path(__file__).with_name("kinds.yaml")


@pytest.fixture(scope="module")
def kinds_sandbox() -> Iterator[Sandbox]:
    """One sandbox for the tests of a kind; each works on names of its own."""
    with Sandbox(str(WORLD)) as sandbox:
        yield sandbox


@pytest.fixture
def clouds(kinds_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Clouds:
    """The clouds of the sandbox, as its operator."""
    for name, value in kinds_sandbox.variables.items():
        monkeypatch.setenv(name, value)
    return Clouds("acme-analytics", "ap-northeast-1")


@pytest.fixture
def calls(kinds_sandbox: Sandbox) -> Callable[[], list[dict[str, Any]]]:
    """The calls that the sandbox has answered since the test began."""

    def answered() -> list[dict[str, Any]]:
        return [json.loads(line) for line in kinds_sandbox.request_log.read_text(encoding="utf-8").splitlines()]

    before = len(answered())
    return lambda: answered()[before:]
