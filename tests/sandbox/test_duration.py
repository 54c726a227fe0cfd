"""Durations as people type them."""

import pytest

from wizard.sandbox.duration import seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", 0.0), ("0.1", 0.1), (".5", 0.5), ("100ms", 0.1), ("2s", 2.0), ("5m", 300.0), ("1h", 3600.0), (" 2 s ", 2.0)],
)
def test_durations_are_read_in_seconds(text: str, expected: float) -> None:
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "s", "2 days", "-1", "1e3", "nan", "5 m 3 s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a valid duration"):
        seconds(text)
