from pathlib import Path

import pytest

from tests.engine.fakes import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "state" / "journal.db")
