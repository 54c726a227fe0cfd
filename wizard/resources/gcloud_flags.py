"""Values of gcloud's flags, quoted for a shell and for gcloud."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from itertools import chain, count

_DELIMITERS = (",", ";", "|", "#", "~")


def dictionary(flag: str, values: Mapping[str, str]) -> str:
    """Return a flag with a dictionary. If an entry contains a comma, gcloud is told another delimiter (`^;^`).

    See `gcloud topic escaping`.
    """
    pairs = [f"{key}={value}" for key, value in values.items()]
    delimiter = _delimiter("".join(pairs))
    prefix = "" if delimiter == "," else f"^{delimiter}^"
    return f"{flag}={shlex.quote(prefix + delimiter.join(pairs))}"


def _delimiter(text: str) -> str:
    """Return a delimiter that is not in a text: one of the usual ones, or a word."""
    words = (f"@{number}@" for number in count())
    return next(delimiter for delimiter in chain(_DELIMITERS, words) if delimiter not in text)
