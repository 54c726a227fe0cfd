"""Which setup files the operator named: one, several, or those of a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from wizard.language import _
from wizard.modes.mode import table
from wizard.outside import files
from wizard.setup import load, recognise
from wizard.setup.problems import BadInput

_ENDINGS = (".yaml", ".yml")
_SKIPPED = "The wizard skipped {file}, which is not a setup: {why}."
_TWICE = "{file} and {again} are the same file. The wizard reads the file once."
_EMPTY = (
    "{folder} is a folder without a setup: save setups as .yaml or .yml files in the folder, or specify a setup file"
)
_UNREADABLE = "the wizard cannot list the folder {folder}: {reason}"
_CONFIGURATION = (
    "{file} is not a setup file; if the file is a credential configuration, run the command with this file only"
)


@dataclass(frozen=True)
class SetupFiles:
    """The files that a command works on, in their order. `notes` say what was left out, one sentence each."""

    files: tuple[str, ...]
    notes: tuple[str, ...] = ()


def are_several(given: Sequence[str]) -> bool:
    """Return whether a command works on several setups: on more than one file, or on a folder."""
    return len(given) > 1 or any(Path(each).is_dir() for each in given)


def named(given: Iterable[str]) -> SetupFiles:
    """Return the setup files that were named, and those of the folders that were named. Each is there once.

    Of a folder, these are all files that end in .yaml or .yml, sorted by name, without those of its folders. A file
    that is clearly something else, such as a Kubernetes manifest, is left out. Raises BadInput for a folder that cannot
    be read or has no setup, and for a file that is not YAML.
    """
    found: dict[Path, str] = {}
    notes = []
    for each in given:
        inside = Path(each).is_dir()
        files_of_one, skipped = _of_folder(each) if inside else ([_checked(each)], [])
        notes += skipped
        for file in files_of_one:
            path = Path(file).resolve()
            if path in found:
                notes.append(_(_TWICE).format(file=found[path], again=file))
            found.setdefault(path, file)
    return SetupFiles(tuple(found.values()), tuple(notes))


def _checked(file: str) -> str:
    """Return the name of a file that was named itself. Raises BadInput for a credential configuration."""
    if not file.endswith(_ENDINGS) and Path(file).suffix == ".json" and not _is_setup(file):
        raise BadInput(_(_CONFIGURATION).format(file=file))
    return file


def _is_setup(file: str) -> bool:
    try:
        return recognise.is_setup(files.read_text(Path(file), load.LARGEST))
    except (OSError, UnicodeDecodeError):
        return False


def _of_folder(folder: str) -> tuple[list[str], list[str]]:
    """Return the setups of a folder, and a sentence for each file that is clearly something else."""
    try:
        paths = sorted(path for path in Path(folder).iterdir() if path.suffix in _ENDINGS and not path.is_dir())
    except OSError as error:
        raise BadInput(_(_UNREADABLE).format(folder=folder, reason=error.strerror)) from error
    keys = _keys()
    setups, skipped = [], []
    for path in paths:
        why = _other(path, keys)
        if why:
            skipped.append(_(_SKIPPED).format(file=path, why=why))
        else:
            setups.append(str(path))
    if not setups:
        raise BadInput("\n".join([_(_EMPTY).format(folder=folder), *skipped]))
    return setups, skipped


def _keys() -> set[str]:
    """Return the keys that a setup of any mode can have, without `version`, which other files have too."""
    return {key for mode in table().values() for key in mode.model().model_fields} - {"version"}


def _other(path: Path, keys: set[str]) -> str:
    """Return what a file is that is clearly not a setup; empty if it cannot be read, which is said later."""
    try:
        return recognise.other_file(files.read_text(path, load.LARGEST), keys)
    except (OSError, UnicodeDecodeError):
        return ""
