"""Reading and writing setup files, given what each mode's file looks like."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from wizard.setup import document, translate
from wizard.setup.problems import SetupError, SetupProblem
from wizard.setup.rules import Broken
from wizard.setup.sections import Setup
from wizard.setup.yaml_text import as_yaml


class FileForm(Protocol):
    """What a mode says of its setup file."""

    def model(self) -> type[Setup]:
        """The type of its setups."""

    def clashes(self, data: Any) -> Iterable[tuple[document.Path, Broken]]:
        """What is wrong between parts of the file, by the path of each: found in plain data, whatever else is wrong."""

    def problems(self, setup: Any) -> list[SetupProblem]:
        """What no single line of a setup tells."""


Forms = Mapping[str, FileForm]
"""Name of a mode -> the form of its file."""


def load(path: Path, forms: Forms) -> Setup:
    """The setup in a file; SetupError has every problem at once, also when the file cannot be read."""
    return loads(read_text(path), forms, str(path))


def read_text(path: Path) -> str:
    """The text of a setup file. Raises SetupError when it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise _unreadable(path, "there is no such file", "check the name, or write the file") from error
    except IsADirectoryError as error:
        raise _unreadable(path, "this is a folder", f"name a file in it, such as {path / 'setup.yaml'}") from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, "this is not UTF-8 text", "save it as UTF-8, or name the setup file") from error
    except OSError as error:
        raise _unreadable(path, f"the file cannot be read: {error.strerror}", "make it readable") from error


def loads(text: str, forms: Forms, source: str = "setup") -> Setup:
    """Read a setup from a text; `source` names it in the SetupError."""
    try:
        found = document.read(text)
        return _validated(found, forms)
    except SetupError as error:
        raise SetupError(error.problems, source) from error.__cause__


def from_data(data: dict[str, Any], forms: Forms, source: str = "setup") -> Setup:
    """A setup from plain data, as a file would have it; SetupError as for a file, without lines."""
    try:
        return _validated(document.Document(data=data), forms)
    except SetupError as error:
        raise SetupError(error.problems, source) from error.__cause__


def dump(setup: Setup) -> str:
    """The YAML text of a setup, without what is default; reading it gives an equal setup."""
    data = {"version": setup.version, "mode": setup.mode}
    data |= setup.model_dump(mode="json", exclude_defaults=True)
    return as_yaml(data)


def json_schema(forms: Forms) -> dict[str, Any]:
    """The JSON Schema of the setup file."""
    from pydantic.json_schema import models_json_schema

    models = [form.model() for form in forms.values()]
    references, definitions = models_json_schema([(model, "validation") for model in models])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "wif-wizard setup",
        "oneOf": [references[model, "validation"] for model in models],  # the mode tells which
        "$defs": definitions["$defs"],
    }


def _validated(found: document.Document, forms: Forms) -> Setup:
    """The setup, when nothing is wrong with it: this is the one place in which a setup is judged."""
    form = _form(found, forms)
    model = form.model()
    problems = list(found.problems)
    try:
        setup = model.model_validate(found.data)
    except ValidationError as error:
        problems += translate.problems_of(error, model, found)
    for path, broken in form.clashes(found.data):
        problems.append(SetupProblem(document.where(path), found.line(path), broken.what, broken.fix))
    problems = problems or form.problems(setup)
    if problems:
        raise SetupError(problems)
    return setup


def _form(found: document.Document, forms: Forms) -> FileForm:
    """The form of the file's mode; SetupError when there is none, as nothing else can be judged then."""
    if found.data is None:
        raise SetupError([SetupProblem("file", None, "the file is empty", "write a setup: the README has one")])
    if not isinstance(found.data, dict):
        what = "the file is not a mapping of keys to values"
        raise SetupError([SetupProblem("file", found.line(()), what, "start with `version: 1`")])
    mode = found.data.get("mode", _likely_mode(found.data, forms))
    if isinstance(mode, str) and mode in forms:
        return forms[mode]
    what = f'"{mode}" is not a mode'
    raise SetupError([SetupProblem("mode", found.line(("mode",)), what, f"write {' or '.join(forms)}")])


def _likely_mode(data: Mapping[str, Any], forms: Forms) -> str:
    """The mode that a file without one is for: modes have a section of their own name. Else the first."""
    return next((name for name in forms if name in data), next(iter(forms)))


def _unreadable(path: Path, what: str, fix: str) -> SetupError:
    return SetupError([SetupProblem("file", None, what, fix)], str(path))
