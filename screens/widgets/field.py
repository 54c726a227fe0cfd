"""A question with its answer: title, help, control, source of the default, and problem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from screens.widgets.choices import Choices
from screens.widgets.searchable_list import SearchableList
from screens.widgets.static_text import set_text
from wizard.columns import cells
from wizard.language import _, translated
from wizard.outside.text import one_line

if TYPE_CHECKING:
    from wizard.setup.answers import Answers
    from wizard.setup.question import Choice, Question, Value


class Field(Vertical):
    """The base of all fields. A subclass supplies the control, shows a value in it, and calls `answer`."""

    class Answered(Message):
        """The user answered; None removes the answer, so that the default applies."""

        def __init__(self, field: Field, value: Value | None) -> None:
            super().__init__()
            self.field = field
            self.value = value

    class Done(Message):
        """Enter was pressed: the next field gets the focus."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    def __init__(self, question: Question, answers: Answers) -> None:
        """`answers` is only read here; the page changes it."""
        super().__init__(classes="field")
        self.question = question
        self.answers = answers
        self.touched = False
        """Whether to show a problem of the default too: once the user has answered, or pressed Next."""
        self._list_note = ""

    def compose(self) -> ComposeResult:
        """Yield title, help, control, note and problem."""
        yield Static(translated(self.question.title), classes="field-title", markup=False)
        if self.question.help:
            yield Static(translated(self.question.help), classes="field-help", markup=False)
        yield from self.compose_control()
        yield Static("", classes="field-note", markup=False)
        yield Static("", classes="field-problem", markup=False)

    def compose_control(self) -> ComposeResult:
        """Yield the control."""
        yield from ()

    def show_value(self, value: Value | None) -> None:
        """Show an answer or default in the control, without posting Answered."""

    def offer(self, choices: Sequence[Choice]) -> None:
        """Take the choices of a list that was read from a cloud."""

    @property
    def control(self) -> Widget:
        """The widget that takes the focus."""
        return self

    def update_answer(self) -> None:
        """Show the current value, its source, and its problem."""
        path = self.question.path
        if not self.control.has_focus:
            self.show_value(self.answers.get(path))
        self._show_line("field-note", self._note())
        problem = self.question.check(self.answers.get(path), self.answers)
        shown = problem if problem and (self.touched or path in self.answers.explicit()) else ""
        self._show_line("field-problem", f"✗ {shown}" if shown else "")
        self.set_class(bool(shown), "wrong")

    def show_list_note(self, text: str) -> None:
        """Show the state of the live list beside the source: being read, its length, or why it could not be read."""
        self._list_note = text
        self._show_line("field-note", self._note())

    def _note(self) -> str:
        parts = [part for part in (self._source(), self._list_note) if part]
        line = "   ".join(parts)
        return line if cells(line) <= self.size.width - 2 else "\n".join(parts)

    def _source(self) -> str:
        found = self.answers.found(self.question.path)
        if found is None or not isinstance(found.value, str):
            return ""
        path = self.question.path
        is_found = self.answers.seen_at(path) is not None or path in self.answers.detected
        template = _("found: {value} ({source})") if is_found else _("default: {value} ({source})")
        return one_line(template.format(value=found.value, source=found.source))

    def _show_line(self, name: str, text: str) -> None:
        line = self.query_one(f".{name}", Static)
        set_text(line, text)
        line.display = bool(text)

    def answer(self, value: Value | None) -> None:
        """Post Answered."""
        self.touched = True
        self.post_message(self.Answered(self, value))

    def done(self) -> None:
        """Post Done."""
        self.post_message(self.Done(self))


MOST, LEAST, BORDERS = 9, 3, 2
"""Largest and smallest number of rows of an open list, and the rows that its borders take."""


class TextField(Field):
    """A line to type, with a list below it if the question has one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "list(1)", "List", id="field.down", tooltip="Choose from the list", show=False),
        Binding("up", "list(-1)", "List", id="field.up", tooltip="Choose from the list", show=False),
    ]

    class Opened(Message):
        """The list was opened and needs room."""

        def __init__(self, field: TextField) -> None:
            super().__init__()
            self.field = field

    def compose_control(self) -> ComposeResult:
        """Yield the input, and its list, which covers what is below."""
        yield Input(compact=True, select_on_focus=False, classes="field-input")
        if self.question.listing:
            yield SearchableList()

    @property
    def control(self) -> Input:
        """The input."""
        return self.query_one(Input)

    @property
    def _list(self) -> SearchableList | None:
        return self.query(SearchableList).first() if self.question.listing else None

    @property
    def is_open(self) -> bool:
        """Whether the list is open."""
        return self._list is not None and bool(self._list.display)

    def show_value(self, value: Value | None) -> None:
        """Show the answer or default as text."""
        text = one_line(value) if isinstance(value, str) else ""
        if self.control.value != text:
            with self.prevent(Input.Changed):
                self.control.value = text

    def update_answer(self) -> None:
        """Show the default as placeholder, too."""
        super().update_answer()
        default = self.question.default(self.answers)
        self.control.placeholder = one_line(default.value) if default and isinstance(default.value, str) else ""

    def offer(self, choices: Sequence[Choice]) -> None:
        """Fill the list."""
        if self._list is not None:
            self._list.offer(choices)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        text = event.value.strip()
        self.answer(text or None)
        if self._list is not None and self.control.has_focus:
            self._list.open(text)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        picked = self._list.picked if self._list is not None else None
        if picked is not None:
            self._take(picked)
        self.close_list()
        self.done()

    @on(SearchableList.Picked)
    def _picked(self, event: SearchableList.Picked) -> None:
        event.stop()
        self._take(event.value)
        self.close_list()
        self.control.focus()

    def _take(self, value: str) -> None:
        with self.prevent(Input.Changed):
            self.control.value = one_line(value)
        self.control.cursor_position = len(self.control.value)
        self.answer(value)

    def action_list(self, step: int) -> None:
        """Open the list with all its choices, or move by `step` rows in it."""
        if self._list is None:
            return
        if not self._list.display:
            self._list.current = self.control.value.strip()
            self._list.open("")
            self.post_message(self.Opened(self))
        self._list.move(step)

    @property
    def list_rows(self) -> int:
        """The number of rows that the open list needs, with its borders."""
        return min(MOST, self._list.virtual_size.height + BORDERS) if self._list is not None else 0

    def limit_list(self, rows: int) -> None:
        """Limit the height of the open list to this number of rows."""
        if self._list is not None:
            self._list.styles.max_height = max(LEAST, min(MOST, rows))

    def close_list(self) -> bool:
        """Close the list. Returns whether it was open."""
        was_open = self.is_open
        if self._list is not None:
            self._list.close()
        return was_open

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Close the list when the field loses the focus."""
        del event
        self.close_list()


class MultilineField(Field):
    """Several lines to type."""

    def compose_control(self) -> ComposeResult:
        """Yield a text area that Tab leaves."""
        yield TextArea(compact=True, tab_behavior="focus", show_line_numbers=False, classes="field-area")

    @property
    def control(self) -> TextArea:
        """The text area."""
        return self.query_one(TextArea)

    def show_value(self, value: Value | None) -> None:
        """Show the answer or default as text."""
        text = value if isinstance(value, str) else ""
        if self.control.text != text:
            with self.prevent(TextArea.Changed):
                self.control.text = text

    def _source(self) -> str:
        found = self.answers.found(self.question.path)
        return _("default: {source}").format(source=found.source) if found else ""

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self.control.has_focus:
            self.answer(self.control.text if self.control.text.strip() else None)


class ChoiceField(Field):
    """One of a few choices."""

    def compose_control(self) -> ComposeResult:
        """The choices."""
        yield Choices(self._options())

    def _options(self) -> Sequence[Choice]:
        return self.question.options(self.answers)

    @property
    def control(self) -> Choices:
        """The choices."""
        return self.query_one(Choices)

    def update_answer(self) -> None:
        """Show the choices again, which may depend on other answers."""
        self.control.choices = tuple(self._options())
        self.show_value(self.answers.get(self.question.path))
        super().update_answer()

    def show_value(self, value: Value | None) -> None:
        """Mark the chosen row."""
        self.control.value = value if isinstance(value, str) else ""

    def _source(self) -> str:
        found = self.answers.found(self.question.path)
        if found is None or found.recommended:
            return ""
        return _("default: {source}").format(source=found.source)

    @on(Choices.Chosen)
    def _chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        self.answer(event.value)

    @on(Choices.Done)
    def _done(self, event: Choices.Done) -> None:
        event.stop()
        self.done()


class FlagField(ChoiceField):
    """Yes or no."""

    def _options(self) -> Sequence[Choice]:
        from wizard.setup.question import Choice

        return Choice("yes", _("Yes")), Choice("no", _("No"))

    def show_value(self, value: Value | None) -> None:
        """Mark the row of the answer."""
        self.control.value = "" if value is None else "yes" if value else "no"

    @on(Choices.Chosen)
    def _chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        self.answer(event.value == "yes")


def field_for(question: Question, answers: Answers) -> Field:
    """Return the field for a question of any kind except "roles", which has a field of its own (RolesField)."""
    if question.kind == "several":
        from screens.widgets.several_field import SeveralField  # which is a Field itself

        return SeveralField(question, answers)
    if question.kind == "choice":
        return ChoiceField(question, answers)
    if question.kind == "flag":
        return FlagField(question, answers)
    return MultilineField(question, answers) if question.multiline else TextField(question, answers)
