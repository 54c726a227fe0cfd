"""Tells what a pasted text is, if it is the whole of a file: a setup, a credential configuration or a key in JSON.

An error text can be JSON too, but it is neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from wizard.federation.identifiers import AudienceError, ProviderName
from wizard.outside import files
from wizard.setup import recognise

Kind = Literal["setup", "configuration", ""]

_SETUP = re.compile(r"^mode\s*:", re.M)
_TYPE = re.compile(r'"type"\s*:\s*"(external_account|service_account|authorized_user)')
_AUDIENCE = re.compile(r'"audience"\s*:\s*"(?P<audience>[^"]+)"')
_NAME = "clientLibraryConfig-{provider}.json"
_OTHER_NAME = "credential-configuration.json"
_MOST_FILES = 100


def kind_of(text: str) -> Kind:
    """Return what a text of several lines, or of JSON, is the whole of; empty for anything else."""
    content = text.strip()
    if content.startswith("{"):
        return "configuration" if _TYPE.search(content) else ""
    if "\n" in content and _SETUP.search(content) and recognise.is_setup(content):
        return "setup"
    return ""


def path_of(text: str) -> Path:
    """Return the file of the current folder that a pasted credential configuration is the content of.

    If no file has this content, return the name that such a file usually has.
    """
    same = next(_files_with(text.strip()), None)
    if same is not None:
        return same
    found = _AUDIENCE.search(text)
    try:
        provider = ProviderName.parse(found["audience"]).provider if found else ""
    except AudienceError:
        provider = ""
    return Path(_NAME.format(provider=provider) if provider else _OTHER_NAME)


def _files_with(text: str) -> Iterator[Path]:
    for path in sorted(Path().glob("*.json"))[:_MOST_FILES]:
        try:
            content = files.read_text(path)
        except (OSError, UnicodeDecodeError):
            continue
        if content.split() == text.split():
            yield path
