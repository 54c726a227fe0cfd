"""The probe as a command of a container: the whole file and its request, made small enough for a definition."""

from __future__ import annotations

import ast
import base64
import json
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from wizard.chain.probing import PROBE

_START = (
    "import base64,signal,sys,zlib;"
    "signal.alarm({seconds});"
    "request,probe=zlib.decompress(base64.b85decode('{packed}')).decode().split('\\0');"
    "sys.argv[1:]=[request];"
    "exec(probe)"
)
"""The alarm ends a probe that nobody waits for any more. The characters of base85 need no escape in JSON or Python."""


def command(request: Mapping[str, Any], seconds: int) -> list[str]:
    """Return the command that runs the probe with its request, with Python 3.8 or newer and nothing else.

    The program ends after `seconds`, whatever happens.
    """
    text = json.dumps(dict(request), separators=(",", ":"))
    packed = base64.b85encode(zlib.compress(f"{text}\0{short_source()}".encode(), 9)).decode()
    return ["python3", "-I", "-S", "-u", "-c", _START.format(seconds=seconds, packed=packed)]


@cache
def short_source() -> str:
    """Return the probe without docstrings, comments and blank lines, indented by one space a level."""
    lines: list[str | None] = list(PROBE.read_text(encoding="utf-8").splitlines())
    for node in ast.walk(ast.parse("\n".join(map(str, lines)))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node, clean=False):
            docstring = node.body[0]
            assert docstring.end_lineno is not None  # of a parsed file
            lines[docstring.lineno - 1 : docstring.end_lineno] = _left_by(node, docstring)
    return "\n".join(_shorter(line) for line in lines if line and not _is_comment(line)) + "\n"


def _left_by(node: ast.Module | ast.ClassDef | ast.FunctionDef, docstring: ast.stmt) -> list[str | None]:
    """Return what stands in place of a docstring's lines: nothing, or the least that a body needs."""
    assert docstring.end_lineno is not None
    lines: list[str | None] = [None] * (docstring.end_lineno - docstring.lineno + 1)
    if len(node.body) == 1:
        lines[0] = " " * docstring.col_offset + "0"
    return lines


def _is_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _shorter(line: str) -> str:
    text = line.lstrip()
    return " " * ((len(line) - len(text)) // 4) + text
