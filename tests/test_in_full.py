"""What the suite leaves out exists, so that a new name brings a test back and does not hide it."""

from pathlib import Path

import pytest

from tests.in_full import LONG_TESTS

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("test", sorted(LONG_TESTS))
def test_each_long_test_exists(test: str) -> None:
    file, _, name = test.partition("::")
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")
