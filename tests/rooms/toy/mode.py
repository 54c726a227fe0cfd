"""The made-up mode: it writes one note into a file, and tests that the note can be read."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

from wizard.chain.hop import Hop, Outcome, Refusal
from wizard.clouds.sessions import Sessions
from wizard.engine.resource import Change, Operation, Resource, State
from wizard.modes.mode import Mode, Operator, Reader, Stopping
from wizard.modes.opened import Consent, ExportedFile, Listener, Opened, Outcomes
from wizard.resources.kind import Kind, Needed
from wizard.setup.answers import Answers
from wizard.setup.question import Found, Question
from wizard.setup.sections import Section, Setup

READ = Hop("read", "The note is read", ends_test=True)


class Toy(Section):
    """What to write, and where."""

    file: str
    note: str


class ToySetup(Setup):
    """One note."""

    mode: Literal["toy"]
    toy: Toy


@dataclass(frozen=True, eq=False)
class Note(Kind):
    """A note in a file."""

    kind: ClassVar[str] = "note"
    path: Path
    text: str
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return str(self.path)

    def desired(self) -> State:
        return {"text": self.text}

    def read(self, clouds: Any) -> State | None:  # noqa: ARG002
        return {"text": self.path.read_text(encoding="utf-8")} if self.path.exists() else None

    def create(self, clouds: Any) -> Operation | None:  # noqa: ARG002
        self.path.write_text(self.text, encoding="utf-8")
        return None

    def update(self, clouds: Any, change: Change) -> Operation | None:  # noqa: ARG002
        return self.create(clouds)

    def commands(self, change: Change) -> list[str]:  # noqa: ARG002
        return [f"echo {self.text} > {self.path}"]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002
        return []


@dataclass(frozen=True)
class ToyOpened(Opened):
    """A note, opened."""

    folder: Path = field(default_factory=Path)

    @property
    def title(self) -> str:
        return f"Note {self.setup.toy.file}"

    @property
    def notes(self) -> list[str]:
        return ["a note is only a note"]

    @property
    def likely_place(self) -> str:
        return "here"

    def resources(self, only: str | None = None) -> list[Resource]:
        return [] if only == "elsewhere" else [Note(self.folder / self.setup.toy.file, self.setup.toy.note)]

    def test(self, place: str, wait: float, listener: Listener, stop: threading.Event) -> Outcomes:
        del place, wait, stop
        listener.agree(Consent("May the note be read?", "The test reads the note.", "Read it", "Nothing was read."))
        path = self.folder / self.setup.toy.file
        refusal = None if path.exists() else Refusal("Missing", "there is no note")
        outcome = Outcome.of(READ, ["the note is there"] if path.exists() else [], refusal)
        listener.on_outcome("", outcome)
        return {"": [outcome]}

    def exports(self) -> list[ExportedFile]:
        return [ExportedFile("note.txt", "The note", "To read.", "text", self.setup.toy.note)]


class ToyMode(Mode):
    """Notes."""

    name = "toy"
    title = "Toy -> Note"
    invitation = "Write a note"
    halves = ("here", "elsewhere")
    pages = ("welcome", "toy-things", "review", "apply", "result", "test")
    facts = (("toy.file", "File"),)
    place = "toy.file"
    lists_follow = ()
    reads = "on this machine"
    stopping = Stopping("Stop", "Nothing more is written.")

    @property
    def questions(self) -> tuple[Question, ...]:
        return (
            Question("google.project", "toy-things", "Which project?", "Any.", needed=False),
            Question("toy.file", "toy-things", "Which file?", "Its name."),
            Question("toy.note", "toy-things", "What should it say?", "A word."),
        )

    def answers_of(self, setup: Any, detected: Mapping[str, Found] | None = None) -> Answers:
        found = self.answers(detected)
        found.set("toy.file", setup.toy.file)
        found.set("toy.note", setup.toy.note)
        return found

    def data(self, answers: Answers) -> dict[str, Any]:
        toy = {name: answers.text(f"toy.{name}") for name in ("file", "note")}
        return {"version": 1, "mode": "toy", "toy": toy}

    def about(self, answers: Answers) -> str:
        return answers.text("toy.file")

    def model(self) -> type[Setup]:
        return ToySetup

    def operators(self) -> tuple[Operator, ...]:
        return ()

    def defaults(self, environ: Mapping[str, str]) -> dict[str, Found]:
        return {"toy.file": Found("note.txt", "a usual name")} if environ else {}

    def readers(self) -> Mapping[str, Reader]:
        return {}

    def open(self, setup: Any, folder: Path, text: str, sessions: Sessions, *, ask_google: bool) -> ToyOpened:
        del ask_google
        return ToyOpened(text, sessions.clouds("acme-notes"), setup, folder)

    def chains(self, setup: Any) -> dict[str, dict[str, str]]:
        del setup
        return {"": {READ.id: "Read"}}


MODE = ToyMode()
