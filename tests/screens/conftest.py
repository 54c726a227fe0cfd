"""The wizard driven by keys, as a person would, on a sandbox or on no cloud at all."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from screens.app import WizardApp
from screens.bridge import Bridge
from screens.session import Session
from tests.screens.driving import SMALL, settled
from tests.screens.idle import until_idle
from wizard.sandbox.process import Sandbox

Open = Callable[..., AbstractAsyncContextManager[Pilot[int]]]


@pytest.fixture(scope="session")
def no_account(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a gcloud that has no account. The real one says no more, and takes a second to start."""
    folder = tmp_path_factory.mktemp("no-account")
    program = folder / "gcloud"
    program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    return folder


@pytest.fixture
def open_wizard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, no_account: Path) -> Open:
    """`async with open_wizard(size=SMALL, page="aws-trust") as pilot`: in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr("screens.in_turn.EFFECT", 10.0)  # a busy machine is slow
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 0.1)  # until_idle draws what a test waits for
    monkeypatch.setenv("PATH", str(no_account), prepend=os.pathsep)

    @asynccontextmanager
    async def opened(
        size: tuple[int, int] = SMALL,
        session: Session | None = None,
        page: str = "",
        bridge: Bridge | None = None,
    ) -> AsyncIterator[Pilot[int]]:
        session = session or (bridge.session if bridge else Session())
        app = WizardApp(session, bridge)

        async def idle(min_sleep: float = 0, max_sleep: float = 0) -> None:
            del min_sleep, max_sleep
            await until_idle(app)

        for module in ("textual.pilot", "textual.app"):
            monkeypatch.setattr(f"{module}.wait_for_idle", idle)
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            if page:
                await app.show_page(page)
                await settled(pilot)
            yield pilot

    return opened


@pytest.fixture(scope="session")
def one_sandbox() -> Iterator[Sandbox]:
    """One sandbox for all tests of screens that write nothing to it."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandboxed(one_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The environment leads to the shared sandbox."""
    for name, value in one_sandbox.variables.items():
        monkeypatch.setenv(name, value)
    return one_sandbox


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox for one test alone, which may write to it; the environment leads there."""
    with Sandbox(arguments=["--steady"]) as sandbox:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)
        yield sandbox
