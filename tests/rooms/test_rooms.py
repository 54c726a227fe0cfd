"""The rooms, as they are written in the files: no mode is named outside its own rooms."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODES = sorted(each.name for each in (ROOT / "wizard" / "modes").iterdir() if (each / "mode.py").exists())

AT_HOME = (
    "wizard/federation/",
    "wizard/clouds/",
    "wizard/resources/",
    "wizard/export/",
    "wizard/chain/probe.py",
    "wizard/sandbox/",
    "wizard/doctor/rules/",
)
"""Where a cloud's own matter is at home, so that it may be named."""

PUBLIC_TEXT = ("wizard/__init__.py", "wizard/cli.py", "wizard/commands/")
"""The help of the commands says in words what the product is for, and names the clouds that `--only` takes."""


def product_files() -> Iterator[tuple[str, ast.Module]]:
    """Every file of the product outside the modes' rooms, by its path."""
    for room in ("wizard", "screens"):
        for file in sorted((ROOT / room).rglob("*.py")):
            path = file.relative_to(ROOT).as_posix()
            if not any(path.startswith(f"{room}/modes/{mode}/") for mode in MODES):
                yield path, ast.parse(file.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """The full names that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)


def test_there_are_modes() -> None:
    assert MODES == ["aws", "gke"]


@pytest.mark.parametrize("mode", MODES)
def test_nothing_outside_a_modes_rooms_imports_it(mode: str) -> None:
    own = re.compile(rf"(wizard|screens)\.modes\.{mode}(\.|$)")
    found = [path for path, tree in product_files() if any(own.match(name) for name in imported(tree))]
    assert found == []


@pytest.mark.parametrize("mode", MODES)
def test_the_styles_of_a_mode_are_for_its_own_pages(mode: str) -> None:
    """What other pages use too stands in the styles of all: without the mode, they would look different."""
    styles = (ROOT / "screens" / "modes" / mode / "styles.tcss").read_text(encoding="utf-8")
    names = set(re.findall(r"^[^{]*?[#.]([a-z][a-z-]+)", styles, re.MULTILINE))
    elsewhere = {
        name: path
        for path in (ROOT / "screens").rglob("*.py")
        for name in names & set(re.findall(r"[a-z][a-z-]+", path.read_text(encoding="utf-8")))
        if not path.is_relative_to(ROOT / "screens" / "modes" / mode)
    }
    assert names
    assert elsewhere == {}


def test_nothing_outside_the_modes_rooms_branches_on_a_mode() -> None:
    """A comparison with a mode's name, or a table that has one as its key."""
    found = [
        f"{path}:{line}" for path, tree in product_files() if not path.startswith(AT_HOME) for line in branches(tree)
    ]
    assert found == []


def branches(tree: ast.Module) -> Iterator[int]:
    """The lines on which a mode's name is compared with, or is the key of a table."""
    for node in ast.walk(tree):
        parts: list[ast.expr | None] = []
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
        elif isinstance(node, ast.Dict):
            parts = [*node.keys]
        elif isinstance(node, ast.MatchValue):
            parts = [node.value]
        if any(isinstance(each, ast.Constant) and each.value in MODES for each in parts):
            yield node.lineno


def test_no_file_outside_its_rooms_mentions_gke() -> None:
    found = [
        path
        for path, _ in product_files()
        if not path.startswith((*AT_HOME, *PUBLIC_TEXT)) and "gke" in (ROOT / path).read_text(encoding="utf-8").lower()
    ]
    assert found == []
