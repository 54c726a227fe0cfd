"""The probe, carried word for word in a container's command."""

from __future__ import annotations

import os.path
import re
import sys
from functools import cache
from pathlib import Path

from wizard.chain import probe
from wizard.sandbox.plain_image import alone, is_plain

from .kinds import Object

PYTHON = re.compile(r"python(3(\.\d+)?)?")
OPTIONS = re.compile(r"-[IEsSBu]+|-X|utf8|-[IEsSBu]*c")


def arguments(container: Object) -> list[str] | None:
    """The command to run for a container whose command is `python ... -c PROBE ...`; None for any other."""
    command = [*(container.get("command") or []), *(container.get("args") or [])]
    if not command or PYTHON.fullmatch(os.path.basename(command[0])) is None:  # noqa: PTH119 - a path in an image
        return None
    for index, word in enumerate(command[1:], 1):
        if OPTIONS.fullmatch(word) is None:
            return None
        if word.endswith("c"):
            carried = command[index + 1 : index + 2] == [probe_text()]
            return [sys.executable, *_options(command[1:], str(container.get("image", "")))] if carried else None
    return None


def _options(given: list[str], image: str) -> list[str]:
    arguments = ["-P", *given]
    return alone(["-S", *arguments]) if is_plain(image) else arguments


@cache
def probe_text() -> str:
    """The installed probe."""
    return Path(probe.__file__).read_text(encoding="utf-8")
