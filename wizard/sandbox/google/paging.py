"""Lists in pages, as Google's APIs give them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from wizard.sandbox.json_value import JSON

from .errors import invalid


def page(key: str, items: Sequence[JSON], query: Mapping[str, str], *, default: int, most: int) -> dict[str, JSON]:
    """The answer {key: items, "nextPageToken": ...} for the page that the query (pageSize, pageToken) asks for.

    An empty list has no key, and the last page no token. Sizes above `most` are cut to it; GoogleError 400 for a
    token or a size that is none.
    """
    start, size = _start(query.get("pageToken", "")), _size(query.get("pageSize", ""), default, most)
    end = start + size
    answer: dict[str, JSON] = {key: list(items[start:end])} if items[start:end] else {}
    return {**answer, "nextPageToken": _token(end)} if end < len(items) else answer


def _size(text: str, default: int, most: int) -> int:
    if text and not text.isdigit():
        raise invalid("Invalid page size.")
    return min(int(text or 0) or default, most)


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(f"from {start}".encode()).decode()


def _start(token: str) -> int:
    if not token:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(token).decode().partition(" ")
    except ValueError as error:
        raise invalid("Invalid page token.") from error
    if word != "from" or not number.isdigit():
        raise invalid("Invalid page token.")
    return int(number)
