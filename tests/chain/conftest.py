"""Fixtures of the chain's tests."""

from collections.abc import Iterator

import pytest

from tests.chain.fakes import FakeCloud, fake_clouds, working


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    """A fake cloud where every call succeeds, also those of this process."""
    with fake_clouds() as found:
        working(found)
        for name, value in found.way_out.items():
            monkeypatch.setenv(name, value)
        yield found
