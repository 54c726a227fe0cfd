"""Fixtures of the chain's tests."""

from collections.abc import Iterator

import pytest

from tests.chain.fakes import FakeCloud, fake_cloud, working


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    """A fake cloud where every call succeeds."""
    with fake_cloud() as found:
        working(found)
        yield found
