"""The images of Python itself, in which no library is installed: their programs find none of this machine's."""

from __future__ import annotations

import re
from collections.abc import Sequence

_IMAGE = re.compile(r"(.+/)?python(:[^/]+)?", re.ASCII)
_NOTHING_INSTALLED = "import site,sys;site.main=lambda:None;exec(sys.argv.pop(1))"
"""Runs its first argument as a program."""


def is_plain(image: str) -> bool:
    """Whether a container's image is one of Python itself."""
    return _IMAGE.fullmatch(image) is not None


def alone(arguments: Sequence[str]) -> list[str]:
    """The arguments of Python, which finds nothing installed with -S: neither does a program that looks for it then."""
    if "-S" not in arguments or "-c" not in arguments:
        return list(arguments)
    code = arguments.index("-c") + 1
    return [*arguments[:code], _NOTHING_INSTALLED, *arguments[code:]]
