"""Recognises an English sentence by its template, so that data can be shown in another language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

_FIELD = re.compile(r"\{(\w+)\}")


def find(text: str, templates: Iterable[str]) -> tuple[str, dict[str, str]] | None:
    """Return the first template that a text is filled from, with the values of its fields; None if there is none."""
    for template in templates:
        found = pattern(template).fullmatch(text)
        if found:
            return template, found.groupdict()
    return None


@cache
def pattern(template: str) -> re.Pattern[str]:
    """Return what a filled template looks like."""
    texts_and_names = _FIELD.split(template)
    parts = [f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(texts_and_names)]
    return re.compile("".join(parts))
