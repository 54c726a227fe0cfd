"""The JSON that `export` answers with --json."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wizard.commands.formats import Answer, Described


@dataclass(frozen=True, kw_only=True)
class ExportedFile(Described):
    """One file for the team."""

    file: str
    """Its path in the folder of the export."""
    title: str
    """What it is."""
    why: str
    """What it is for, and what to do with it."""
    language: str
    """The language of the text, such as python, json or yaml."""
    text: str
    """The content. It has no secrets."""
    path: str | None
    """Where it is in the folder of --out; null without --out."""
    state: Literal["written", "in place", "kept", "overwritten"] | None
    """in place: it had this content already; kept: it had other content, and was not changed, so that the exit code is
    1; overwritten: it had other content; null without --out."""


@dataclass(frozen=True, kw_only=True)
class Export(Answer):
    """What `export` answers."""

    files: list[ExportedFile]


@dataclass(frozen=True, kw_only=True)
class ExportedJournal(Answer):
    """What `export --journal` answers."""

    path: str
    """The new journal."""
    runs: list[str]
    """The IDs of the runs in it, the oldest first."""
