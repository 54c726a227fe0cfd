"""What pyproject.toml declares is what the code imports, and what the demo was seen to pass with."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
OURS = {"wizard", "screens", "assets"}
SANDBOX = "wizard/sandbox/"


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


@pytest.fixture(scope="module")
def owners() -> dict[str, str]:
    """Module -> the distribution that installed it: many share the package `google`, so first names are not enough."""
    found: dict[str, str] = {}
    for distribution in distributions():
        name = canonicalize_name(distribution.metadata["Name"])
        for file in distribution.files or ():
            module, _, suffix = file.name.partition(".")
            if suffix == "py" or file.suffix == ".so":
                parts = file.parts[:-1] if module == "__init__" else (*file.parts[:-1], module)
                found[".".join(parts)] = name
    return found


def declared(requirements: list[str]) -> dict[str, Requirement]:
    parsed = [Requirement(text) for text in requirements]
    return {canonicalize_name(each.name): each for each in parsed}


def imports(source: str) -> Iterator[str]:
    """The full names that a source imports from other packages; of `from a import b`, that is `a.b`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def third_party() -> set[tuple[str, str]]:
    """Each file with each name that it imports from neither us nor the standard library."""
    files = [path for room in sorted(OURS) for path in (ROOT / room).rglob("*.py")]
    pairs = {(path.relative_to(ROOT).as_posix(), name) for path in files for name in imports(path.read_text("utf-8"))}
    known = OURS | sys.stdlib_module_names
    return {(file, name) for file, name in pairs if name.split(".")[0] not in known}


def owner(name: str, owners: dict[str, str]) -> str:
    """The distribution of the longest part of a dotted name that is a module."""
    while name and name not in owners:
        name = name.rpartition(".")[0]
    return owners.get(name, "")


def test_every_imported_package_is_declared(project: dict[str, Any], owners: dict[str, str]) -> None:
    core = declared(project["dependencies"])
    demo = core | declared(project["optional-dependencies"]["demo"])
    missing = set()
    for file, name in third_party():
        allowed = demo if file.startswith(SANDBOX) else core
        if owner(name, owners) not in allowed:
            missing.add(f"{file} imports {name} of {owner(name, owners) or 'a package that is not installed'}")
    assert sorted(missing) == []


def test_every_dependency_has_a_lowest_version(project: dict[str, Any]) -> None:
    extras = project["optional-dependencies"]
    for requirement in declared(project["dependencies"] + extras["demo"] + extras["dev"]).values():
        assert ">=" in {each.operator for each in requirement.specifier}, requirement


def test_textual_stays_below_its_next_major_version(project: dict[str, Any]) -> None:
    """Each major version of Textual breaks screens, so a new one is tried before it is allowed."""
    specifier = declared(project["dependencies"])["textual"].specifier
    lowest = next(Version(each.version) for each in specifier if each.operator == ">=")
    assert f"{lowest.major}.999" in specifier
    assert f"{lowest.major + 1}.0" not in specifier


def test_what_is_pinned_is_what_is_declared(project: dict[str, Any]) -> None:
    """The files of pins carry hashes, no addresses, and a version in the declared range."""
    extras = project["optional-dependencies"]
    for file, wanted in {
        "requirements.txt": project["dependencies"],
        "requirements-demo.txt": project["dependencies"] + extras["demo"],
        "requirements-dev.txt": project["dependencies"] + extras["demo"] + extras["dev"],
    }.items():
        text = (ROOT / file).read_text(encoding="utf-8")
        assert "://" not in text
        lines = (line.removesuffix("\\") for line in text.splitlines() if line[:1].isalnum())
        pinned = {name: each.specifier for name, each in declared(list(lines)).items()}
        for name, requirement in declared(wanted).items():
            version = next(iter(pinned[name])).version
            assert version in requirement.specifier, f"{file} pins {name} {version}"
