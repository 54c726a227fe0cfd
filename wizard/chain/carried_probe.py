"""The probe as a command of a container: the whole file and its request, made small enough for a definition."""

from __future__ import annotations

import ast
import base64
import bz2
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from wizard.chain.probing import PROBE

_START = (
    "import base64,bz2,signal,sys;"
    "signal.alarm({seconds});"
    "request,probe=bz2.decompress(base64.b85decode('{packed}')).decode().split('\\0');"
    "sys.argv[1:]=[request];"
    "exec(probe)"
)
"""The alarm ends a probe that nobody waits for any more. The characters of base85 need no escape in JSON or Python."""


def command(request: Mapping[str, Any], seconds: int) -> list[str]:
    """Return the command that runs the probe with its request, with Python 3.8 or newer and nothing else.

    The program ends after `seconds`, whatever happens.
    """
    text = json.dumps(dict(request), separators=(",", ":"))
    small = bz2.compress(f"{text}\0{short_source()}".encode())  # smaller than by lzma, for this program
    packed = base64.b85encode(small).decode()
    return ["python3", "-I", "-S", "-u", "-c", _START.format(seconds=seconds, packed=packed)]


@cache
def short_source() -> str:
    """Return the probe without docstrings, comments, blank lines and most annotations, hardly indented."""
    source = PROBE.read_text(encoding="utf-8")
    lines = source.splitlines()
    for start, end in sorted(_annotations(source), reverse=True):
        lines[start[0] : end[0] + 1] = [lines[start[0]][: start[1]] + lines[end[0]][end[1] :]]
    return "\n".join(_shorter(line) for line in _without_docstrings(lines) if not _is_comment(line)) + "\n"


def _annotations(source: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield where each annotation starts and ends, as line (from 0) and column, but not those of fields of classes.

    The probe is ASCII, so that the columns of its syntax tree are those of its text.
    """
    nodes = list(ast.walk(ast.parse(source)))
    fields = {each for node in nodes if isinstance(node, ast.ClassDef) for each in node.body}
    for node in nodes:
        if isinstance(node, ast.AnnAssign) and node.value is not None and node not in fields:
            yield _end(node.target), _end(node.annotation)
        if isinstance(node, ast.arg) and node.annotation:
            start = node.lineno - 1, node.col_offset + len(node.arg)
            yield start, _end(node.annotation)
        if isinstance(node, ast.FunctionDef) and node.returns:
            start = node.returns.lineno - 1, node.returns.col_offset - len(" -> ")
            yield start, _end(node.returns)


def _end(node: ast.expr) -> tuple[int, int]:
    assert node.end_lineno is not None  # of a parsed file
    assert node.end_col_offset is not None
    return node.end_lineno - 1, node.end_col_offset


def _without_docstrings(lines: list[str]) -> Iterator[str]:
    """Yield the lines of a program without those of its docstrings."""
    bare: dict[int, str] = dict(enumerate(lines))
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node, clean=False):
            docstring = node.body[0]
            assert docstring.end_lineno is not None
            for number in range(docstring.lineno - 1, docstring.end_lineno):
                del bare[number]
            if len(node.body) == 1:  # the least that a body needs
                bare[docstring.lineno - 1] = " " * docstring.col_offset + "0"
    yield from (bare[number] for number in sorted(bare))


def _is_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _shorter(line: str) -> str:
    text = line.lstrip()
    return " " * ((len(line) - len(text)) // 4) + text
