"""A cluster in this process."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.sandbox.kubernetes.world import Kube, start


@pytest.fixture
async def kube(tmp_path: Path) -> AsyncIterator[Kube]:
    async with AsyncExitStack() as stack:
        yield await start(stack, tmp_path)
