"""Whether this machine allows network namespaces, for the tests that need them."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache

import pytest

from wizard.sandbox.network import Network, Service, Site


def need_namespaces() -> None:
    """Skip the test, and say why, where the machine allows no network namespaces."""
    if (refusal := _refusal()) is not None:
        pytest.skip(f"no network namespaces here: {refusal}")


@cache
def _refusal() -> str | None:
    network = Network()

    async def ask() -> None:
        async with network.place(Service("169.254.169.254", silence)):
            pass

    with ThreadPoolExecutor(1) as thread:  # a test may have a loop of its own
        thread.submit(lambda: asyncio.run(ask())).result()
    return network.refusal


@asynccontextmanager
async def silence(_: Site) -> AsyncIterator[None]:
    """A service that answers nothing."""
    yield
