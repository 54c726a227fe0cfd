"""Durations as people type them: 0.1, 100ms, 2s, 5m."""

import re

_UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_FORM = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|m|h)?")


def seconds(text: str) -> float:
    """The duration in seconds; a bare number is seconds. Raises ValueError."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a valid duration: use, for example, 0.1, 100ms, 2s or 5m.")
    return float(found[1]) * _UNITS[found[2] or ""]
