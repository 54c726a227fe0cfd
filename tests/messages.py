"""The sentences of the product, collected from its source: what a catalogue of translations would be made from.

`make messages` prints each as a template with named fields, with the places where it stands.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("wizard", "screens")
NOT_FOR_PEOPLE = ("wizard/sandbox/", "wizard/federation/")
"""The sandbox speaks in the clouds' words, and federation computes."""


def collected() -> dict[str, list[str]]:
    """Template -> the places ("screens/app.py:12") where it stands, in the order of the files."""
    found: dict[str, list[str]] = defaultdict(list)
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            path = file.relative_to(ROOT).as_posix()
            if not path.startswith(NOT_FOR_PEOPLE):
                for line, template in templates(ast.parse(file.read_text(encoding="utf-8"))):
                    found[template].append(f"{path}:{line}")
    return dict(found)


def templates(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The line and the template of each sentence or phrase: at least two words, and no docstring."""
    skipped = {id(each) for each in _docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in ast.walk(node) if part is not node}
        if id(node) in skipped:
            continue
        template = _template(node)
        if template and _is_for_people(template):
            yield node.lineno, template  # type: ignore[attr-defined]  # expressions have a line


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    """Texts that stand alone, as docstrings and notes under constants do."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _template(node: ast.AST) -> str:
    """The text with its fields named after what fills them; empty for what is not a text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            parts.append(f"{{{ast.unparse(part.value)}}}")
        else:
            parts.append(str(part.value))  # type: ignore[attr-defined]  # the other parts are constants
    return "".join(parts)


def _is_for_people(template: str) -> bool:
    words = [word for word in template.split() if word.isalpha()]
    return len(words) >= 3


def main() -> int:
    """Print the catalogue; answers 0."""
    for template, places in sorted(collected().items()):
        sys.stdout.write(f"# {', '.join(places)}\n{template}\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
