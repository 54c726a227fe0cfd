"""Read and write setup files. Each mode supplies the form of its own file."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from wizard.language import _
from wizard.outside import files
from wizard.setup import document, recognise, translate
from wizard.setup.problems import SetupError, SetupProblem
from wizard.setup.rules import Broken
from wizard.setup.sections import Setup
from wizard.setup.yaml_text import as_yaml

LARGEST = files.MEGABYTE
"""The largest setup file, in bytes. One with a thousand workloads has a quarter of it."""


class FileForm(Protocol):
    """The form of a mode's setup file."""

    def model(self) -> type[Setup]:
        """Return the type of the mode's setups."""

    def clashes(self, data: Any) -> Iterable[tuple[document.Path, Broken]]:
        """Yield what is wrong between parts of the file, with the path of each. `data` can have other errors too."""

    def problems(self, setup: Any) -> list[SetupProblem]:
        """Return problems that no single line of a setup shows."""


Forms = Mapping[str, FileForm]
"""Name of a mode -> the form of its file."""


def load(path: Path, forms: Forms) -> Setup:
    """Read a setup file. Raises SetupError with every problem, also if the file cannot be read."""
    return loads(read_text(path), forms, str(path))


def read_text(path: Path) -> str:
    """Return the text of a setup file. Raises SetupError if it cannot be read."""
    try:
        return files.read_text(path, LARGEST)
    except FileNotFoundError as error:
        raise _unreadable(
            path, _("the setup file does not exist"), _("check the file name, or create the file")
        ) from error
    except IsADirectoryError as error:
        example = path / "setup.yaml"
        raise _unreadable(
            path,
            _("the path is a folder, not a file"),
            _("specify a file in the folder, such as {example}").format(example=example),
        ) from error
    except files.UnusableFile as error:
        raise _unreadable(path, str(error.strerror), _("pass a setup file")) from error
    except UnicodeDecodeError as error:
        raise _unreadable(
            path, _("the setup file is not UTF-8 text"), _("save the file as UTF-8, or specify another file")
        ) from error
    except OSError as error:
        raise _unreadable(
            path,
            _("the wizard cannot read the setup file: {strerror}").format(strerror=error.strerror),
            _("give your user permission to read the file"),
        ) from error


def loads(text: str, forms: Forms, source: str = "setup") -> Setup:
    """Read a setup from text. Raises SetupError, in which `source` names the setup."""
    try:
        parsed = document.read(text)
    except SetupError as error:
        recognise.refuse_other_kinds(text, source)
        raise SetupError(error.problems, source) from error.__cause__
    if not (isinstance(parsed.data, dict) and "mode" in parsed.data):
        recognise.refuse_other_kinds(text, source)
    try:
        return _validated(parsed, forms)
    except SetupError as error:
        raise SetupError(error.problems, source) from error.__cause__


def from_data(data: dict[str, Any], forms: Forms, source: str = "setup") -> Setup:
    """Return the setup that plain data describes. Raises SetupError as for a file, but without lines."""
    try:
        return _validated(document.Document(data=data), forms)
    except SetupError as error:
        raise SetupError(error.problems, source) from error.__cause__


def dump(setup: Setup) -> str:
    """Return the YAML text of a setup, without default values. Reading the text gives an equal setup."""
    data = {"version": setup.version, "mode": setup.mode}
    data |= setup.model_dump(mode="json", exclude_defaults=True)
    return as_yaml(data)


def _validated(parsed: document.Document, forms: Forms) -> Setup:
    """Return the setup if it has no problem. Raises SetupError. Every setup is validated here."""
    form = _form(parsed, forms)
    model = form.model()
    problems = list(parsed.problems)
    try:
        setup = model.model_validate(parsed.data)
    except ValidationError as error:
        problems += translate.problems_of(error, model, parsed)
    for path, broken in form.clashes(parsed.data):
        problems.append(SetupProblem(document.where(path), parsed.line(path), broken.what, broken.fix))
    problems = problems or form.problems(setup)
    if problems:
        raise SetupError(problems)
    return setup


def _form(parsed: document.Document, forms: Forms) -> FileForm:
    """Return the form of the file's mode. Raises SetupError without a valid mode: the rest cannot be checked then."""
    if parsed.data is None:
        fix = _("write a setup into the file; the README has an example")
        raise SetupError([SetupProblem("file", None, _("the setup file is empty"), fix)])
    if not isinstance(parsed.data, dict):
        what = _("the setup file is not a mapping of keys to values")
        raise SetupError([SetupProblem("file", parsed.line(()), what, _("start with `version: 1`"))])
    mode = parsed.data.get("mode", _likely_mode(parsed.data, forms))
    if isinstance(mode, str) and mode in forms:
        return forms[mode]
    modes = ", ".join(forms)
    what, fix = (
        _('"{mode}" is not a valid mode').format(mode=mode),
        _("choose one of these modes: {modes}").format(modes=modes),
    )
    raise SetupError([SetupProblem("mode", parsed.line(("mode",)), what, fix)])


def _likely_mode(data: Mapping[str, Any], forms: Forms) -> str:
    """Return the mode of a file that names none: the mode whose section the file has, else the first mode."""
    return next((name for name in forms if name in data), next(iter(forms)))


def _unreadable(path: Path, what: str, fix: str) -> SetupError:
    return SetupError([SetupProblem("file", None, what, fix)], str(path))
