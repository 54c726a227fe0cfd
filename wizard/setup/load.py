"""Reading and writing setup files."""

from pathlib import Path
from typing import Any, TypeAlias

from pydantic import TypeAdapter, ValidationError

from wizard.modes.aws.model import AwsSetup
from wizard.modes.gke import model as gke_model
from wizard.modes.gke.model import GkeSetup
from wizard.setup import document, translate
from wizard.setup.problems import SetupError, SetupProblem
from wizard.setup.yaml_text import as_yaml

__all__ = ["Setup", "SetupError", "SetupProblem", "dump", "from_data", "json_schema", "load", "loads"]

Setup: TypeAlias = AwsSetup | GkeSetup
"""What an operator wants, in one of the modes."""

_MODELS: dict[str, type[Setup]] = {"aws": AwsSetup, "gke": GkeSetup}
"""Mode -> the type of its setup."""


def load(path: Path) -> Setup:
    """Read a setup file; SetupError has every problem at once, also when the file cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise _unreadable(path, "there is no such file", "check the name, or write the file") from error
    except IsADirectoryError as error:
        raise _unreadable(path, "this is a folder", f"name a file in it, such as {path / 'setup.yaml'}") from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, "this is no UTF-8 text", "save it as UTF-8, or name the setup file") from error
    except OSError as error:
        raise _unreadable(path, f"the file cannot be read: {error.strerror}", "make it readable") from error
    return loads(text, str(path))


def loads(text: str, source: str = "setup") -> Setup:
    """Read a setup from a text; `source` names it in the SetupError."""
    try:
        found = document.read(text)
        return _validated(found)
    except SetupError as error:
        raise SetupError(error.problems, source) from error.__cause__


def from_data(data: dict[str, Any], source: str = "setup") -> Setup:
    """A setup from plain data, as a file would have it; SetupError as for a file, without lines."""
    try:
        return _validated(document.Document(data=data))
    except SetupError as error:
        raise SetupError(error.problems, source) from error.__cause__


def dump(setup: Setup) -> str:
    """The YAML text of a setup, without what is default; reading it gives an equal setup."""
    data = {"version": setup.version, "mode": setup.mode}
    data |= setup.model_dump(mode="json", exclude_defaults=True)
    return as_yaml(data)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the setup file."""
    modes: dict[str, Any] = TypeAdapter(Setup).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "wif-wizard setup",
        "oneOf": modes["anyOf"],  # the mode tells which
        "$defs": modes["$defs"],
    }


def _validated(found: document.Document) -> Setup:
    model = _model(found)
    problems = list(found.problems)
    try:
        setup = model.model_validate(found.data)
    except ValidationError as error:
        problems += translate.problems_of(error, model, found)
    if model is GkeSetup:
        problems += [
            SetupProblem(document.where(path), found.line(path), broken.what, broken.fix)
            for path, broken in gke_model.clashes(found.data)
        ]
    if problems:
        raise SetupError(problems)
    return setup


def _model(found: document.Document) -> type[Setup]:
    """The type for the file's mode; SetupError when there is none, as nothing else can be judged then."""
    modes = " or ".join(_MODELS)
    if found.data is None:
        raise SetupError([SetupProblem("file", None, "the file is empty", "write a setup: the README has one")])
    if not isinstance(found.data, dict):
        what = "the file is no mapping of keys to values"
        raise SetupError([SetupProblem("file", found.line(()), what, "start with `version: 1`")])
    mode = found.data.get("mode", "gke" if "gke" in found.data else "aws")
    if isinstance(mode, str) and mode in _MODELS:
        return _MODELS[mode]
    raise SetupError([SetupProblem("mode", found.line(("mode",)), f'"{mode}" is no mode', f"write {modes}")])


def _unreadable(path: Path, what: str, fix: str) -> SetupError:
    return SetupError([SetupProblem("file", None, what, fix)], str(path))
