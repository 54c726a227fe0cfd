"""Recognises a file that is not a setup, so that one sentence says what it is and what to do."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Collection

from wizard.federation.file_kinds import FileKind, kind_of
from wizard.language import N_, _, translated
from wizard.setup import document
from wizard.setup.problems import SetupError, SetupProblem

_NOT_A_SETUP = "the file contains {title}, not a setup"
_TEST = "run `wif-wizard test {file}` to test the credential configuration, or specify a setup file"

_LOOKS: tuple[tuple[re.Pattern[str], FileKind], ...] = (
    (re.compile(r"^-----BEGIN [A-Z ]*PRIVATE KEY-----", re.M), FileKind("private-key", N_("a private key"), "")),
    (re.compile(r"^-----BEGIN CERTIFICATE-----", re.M), FileKind("certificate-file", N_("a certificate"), "")),
    (
        re.compile(r"^apiVersion:.*^kind:|^kind:.*^apiVersion:", re.M | re.S),
        FileKind("manifest", N_("a Kubernetes manifest"), ""),
    ),
    (re.compile(r"\A\s*eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*\s*\Z"), FileKind("token", N_("a token"), "")),
)
"""What a text looks like that cannot be parsed as one document -> what it is."""


def kind_of_text(text: str) -> FileKind | None:
    """Return the kind of a JSON or YAML file that is not a setup; None for a setup, and for what is not known."""
    data = _data(text)
    if isinstance(data, dict):
        return None if "mode" in data else kind_of(data)
    return next((kind for look, kind in _LOOKS if look.search(text)), None)


def other_file(text: str, keys: Collection[str]) -> str:
    """Return what a YAML file is that is clearly not a setup, as a clause; empty for one that can be meant as a setup.

    `keys` are the keys that only setups have. A file that cannot be parsed, or is empty, can be meant as a setup.
    """
    kind = kind_of_text(text)
    if kind is not None:
        return _("the file contains {title}").format(title=translated(kind.title))
    data = _data(text)
    if isinstance(data, list):
        return _("the file contains a list, not the fields of a setup")
    if isinstance(data, dict) and not (data.keys() & set(keys)):
        return _("the file has none of the fields of a setup")
    return ""


def is_setup(text: str) -> bool:
    """Return whether a text is meant as a setup: it names a mode or the version of a setup."""
    data = _data(text)
    return isinstance(data, dict) and ("mode" in data or "version" in data) and kind_of_text(text) is None


def refuse_other_kinds(text: str, source: str) -> None:
    """Raise SetupError for a file that is known not to be a setup. `source` is its path."""
    kind = kind_of_text(text)
    if kind is None:
        return
    fix = translated(kind.advice) or _("pass a setup file")
    if kind.is_configuration:
        fix = _(_TEST).format(file=shlex.quote(source))
    raise SetupError([SetupProblem("file", None, _(_NOT_A_SETUP).format(title=translated(kind.title)), fix)], source)


def _data(text: str) -> object:
    """Return the plain data of a text; None if it is not one document. JSON can have tabs, which YAML refuses."""
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass
    try:
        return document.read(text).data
    except SetupError:
        return None
