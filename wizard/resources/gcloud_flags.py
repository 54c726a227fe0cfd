"""Values of gcloud's flags, quoted for a shell and for gcloud."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

_DELIMITERS = (",", ";", "|", "#", "~", "@@", "%%")


def dictionary(flag: str, values: Mapping[str, str]) -> str:
    """Return a flag with a dictionary. If a value contains a comma, gcloud is told another delimiter (`^;^`).

    See `gcloud topic escaping`.
    """
    text = "".join(values.values())
    delimiter = next(delimiter for delimiter in _DELIMITERS if delimiter not in text)
    prefix = "" if delimiter == "," else f"^{delimiter}^"
    pairs = delimiter.join(f"{key}={value}" for key, value in values.items())
    return f"{flag}={shlex.quote(prefix + pairs)}"
