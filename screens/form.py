"""Pages that are generated from questions, so that a new question needs no new screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.visual import VisualType
from textual.widget import Widget

from screens import bridge
from screens.page import Page
from screens.widgets.field import Field, TextField, field_for
from wizard.language import _, translated

READING_LIST = "The wizard is reading the list, and will then continue."

if TYPE_CHECKING:
    from wizard.setup.answers import Answers
    from wizard.setup.question import Question


class Fold(Widget, can_focus=True):
    """A line that shows or hides the questions that most users do not need."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,space",
            "toggle_details",
            "Show details",
            id="fold.toggle",
            tooltip="Show or hide details",
            show=False,
        )
    ]
    open: reactive[bool] = reactive(False)

    class Toggled(Message):
        """The line was opened or closed."""

    def render(self) -> VisualType:
        """Return the label."""
        return Content(_("▾ Hide details") if self.open else _("▸ Show details"))

    def action_toggle_details(self) -> None:
        """Show or hide the details."""
        self.open = not self.open
        self.post_message(self.Toggled())

    def on_click(self, event: events.Click) -> None:
        """Show or hide the details."""
        event.stop()
        self.action_toggle_details()


class FormPage(Page):
    """Shows the questions of one page in order, with the details hidden.

    Override `create_field` for other controls, `compose_after` for widgets below the fields, and `answered`, which is
    called after each answer.
    """

    def compose_body(self) -> ComposeResult:
        """Yield a field for each question."""
        plain = [question for question in self.questions() if not question.detail]
        detail = [question for question in self.questions() if question.detail]
        for question in plain:
            yield self.create_field(question)
        yield from self.compose_after()
        if detail:
            yield Fold()
            with Vertical(id="details"):
                for question in detail:
                    yield self.create_field(question)

    def compose_after(self) -> ComposeResult:
        """Yield the widgets between the fields and the details."""
        yield from ()

    def create_field(self, question: Question) -> Field:
        """Return the field for a question."""
        return field_for(question, self.answers)

    @property
    def answers(self) -> Answers:
        """The answers that the fields show and change."""
        return self.session.answers

    def questions(self) -> tuple[Question, ...]:
        """Return the questions of this page."""
        return self.answers.on_page(self.page_id)

    def field(self, path: str) -> Field:
        """Return the field of the question with this path. Raises KeyError."""
        return {field.question.path: field for field in self.query(Field)}[path]

    def answered(self, path: str) -> None:
        """Called after an answer on this page changed."""

    # Showing the page

    def entered(self) -> None:
        """Show the current answers, and read the lists."""
        self._listed: dict[str, tuple[str, ...]] = getattr(self, "_listed", {})
        self._asked: set[str] = getattr(self, "_asked", set())
        for field in self.query(Field):
            field.answers = self.answers
        self.refreshed()
        self.read_lists()

    def refreshed(self) -> None:
        """Show the current answers."""
        answers = self.answers
        for fold in self.query(Fold):
            details = self.query_one("#details")
            details.display = fold.open
            fold.display = any(question.detail and question.shown(answers) for question in self.questions())
        for field in self.query(Field):
            field.display = field.question.shown(answers)
            if field.display:
                field.update_answer()

    @on(Fold.Toggled)
    def _on_toggled(self) -> None:
        self.refreshed()
        self.read_lists()

    # Answers

    @on(Field.Answered)
    def _on_answered(self, event: Field.Answered) -> None:
        event.stop()
        path = event.field.question.path
        if event.value is None:
            self.answers.clear(path)
        else:
            self.answers.set(path, event.value)
        self.refreshed()
        self.answered(path)
        self.post_message(self.Changed(shown_on=self))
        self.call_after_refresh(self._show_field, event.field)

    @on(Field.Done)
    def _on_done(self, event: Field.Done) -> None:
        event.stop()
        fields = self._visible()
        place = fields.index(event.field)
        if place + 1 < len(fields):
            fields[place + 1].control.focus()
        else:
            self.post_message(self.Next())

    def _visible(self) -> list[Field]:
        folded = not all(fold.open for fold in self.query(Fold))
        return [field for field in self.query(Field) if field.display and not (field.question.detail and folded)]

    def show_question(self, widget: Widget) -> None:
        """Scroll to the question, or to the line and the list below it if the list is open."""
        super().show_question(widget)
        self._show_field(widget)

    def on_resize(self) -> None:
        """Keep the focused field visible."""
        if self.app.focused is not None and self in self.app.focused.ancestors:
            self.call_after_refresh(self._show_field, self.app.focused)

    @on(TextField.Opened)
    def _on_opened(self, event: TextField.Opened) -> None:
        event.stop()
        self.call_after_refresh(self._show_field, event.field)

    def _show_field(self, widget: Widget) -> None:
        """Scroll to the field of this widget, or to its line and its list if the list is open."""
        for node in widget.ancestors_with_self:
            if isinstance(node, TextField) and node.is_open:
                self._make_room(node)
            elif isinstance(node, Field):
                self.scroll_to_widget(node, animate=False, top=node.size.height > self.size.height)

    def _make_room(self, field: TextField) -> None:
        """Scroll until the open list has enough room below its line, as far as the page can scroll."""
        line, page = field.control.region, self.region
        left = page.bottom - line.bottom
        rows = min(max(0, field.list_rows - left), line.y - page.y, int(self.max_scroll_y - self.scroll_y))
        self.scroll_relative(y=rows, animate=False)
        field.limit_list(left + rows)

    def on_descendant_blur(self) -> None:
        """Read the lists that depend on the last answer."""
        self.read_lists()

    # Problems

    def problems(self) -> list[str]:
        """Return a sentence for each question of the page whose answer is missing or not valid."""
        titles = {question.path: translated(question.title) for question in self.questions()}
        return [f"{titles[path]} {problem}" for path, problem in self.answers.missing(self.page_id)]

    def waits_for(self) -> str:
        """Return that a list is still read, if only answers are missing that come from such lists alone."""
        missing = {path for path, _ignored in self.answers.missing(self.page_id)}
        questions = [question for question in self.questions() if question.path in missing]
        return _(READING_LIST) if questions and all(map(self._is_awaited, questions)) else ""

    def _is_awaited(self, question: Question) -> bool:
        """Return whether a question has no answer yet, and nothing to choose from before its list is read."""
        is_answered = self.answers.get(question.path) is not None or bool(question.options(self.answers))
        return question.listing in self._asked and not is_answered

    def show_problem(self) -> None:
        """Focus the first field with a problem; open the details if it is one of them."""
        missing = [path for path, _ in self.answers.missing(self.page_id)]
        for field in self.query(Field):
            field.touched = True
        if missing and self.field(missing[0]).question.detail:
            self.query_one(Fold).open = True
        self.refreshed()
        if missing:
            self.field(missing[0]).control.focus()

    # Live lists

    def read_lists(self) -> None:
        """Read the lists of the visible fields, unless they were read for the same answers."""
        for field in self._visible():
            name, context = field.question.listing, self._answers_now(field.question)
            if name and self._listed.get(name) != context:
                self._listed[name] = context
                self._asked.add(name)
                self._note(name, _("reading the list …"))
                self.read_list(name)

    def forget_list(self, name: str) -> None:
        """Read a list again as soon as its field is visible, or the focus moves on."""
        self._listed.pop(name, None)

    def read_list(self, name: str) -> None:
        """Read a list. The page gets `bridge.Listed` or `bridge.Failed`."""
        self.bridge.listing(self, name, self.answers)

    def _answers_now(self, question: Question) -> tuple[str, ...]:
        """Return the answers that the list of a question depends on."""
        return tuple(self.answers.text(path) for path in (*self.session.mode.lists_follow, *question.follows))

    def _note(self, name: str, text: str) -> None:
        """Show a note in the fields that have this list."""
        for field in self.query(Field):
            if field.question.listing == name:
                field.show_list_note(text)

    @on(bridge.Listed)
    def _on_listed(self, event: bridge.Listed) -> None:
        event.stop()
        for field in self.query(Field):
            if field.question.listing == event.listing:
                field.offer(event.choices)
        self._note(event.listing, _list_note(len(event.choices), event.note))
        self._has_answer(event.listing)

    def _has_answer(self, name: str) -> None:
        """A list was read, or cannot be read."""
        if name in self._asked:
            self._asked.remove(name)
            self.post_message(self.Changed())

    @on(bridge.Failed)
    def _on_list_failed(self, event: bridge.Failed) -> None:
        if not event.doing.startswith("list "):
            return
        event.stop()
        name = event.doing.removeprefix("list ")
        self._note(name, list_problem(event.error))
        self._has_answer(name)

    def closed(self) -> bool:
        """Close an open list. Returns whether a list was open."""
        closed = [field.close_list() for field in self.query(TextField)]
        return any(closed)


def _list_note(count: int, note: str) -> str:
    """Return the note on a list that was read: how many entries it has, and its own note."""
    if not count:
        return note or _("the list is empty; type a value")
    choices = _("1 choice: press ↓") if count == 1 else _("{count} choices: press ↓").format(count=count)
    return f"{choices}; {note}" if note else choices


def list_problem(error: Exception) -> str:
    """Return why a list could not be read, in a few words."""
    from wizard.clouds.errors import CloudError, NoCredentials, Unreachable

    if isinstance(error, NoCredentials):
        return _("the wizard found no valid credentials to read the list; type a value")
    if isinstance(error, Unreachable):
        return _("the wizard could not read the list: {service} did not answer; type a value").format(
            service=error.service
        )
    if isinstance(error, CloudError) and error.status == 403:
        return _("you do not have permission to read the list ({reason}); type a value").format(reason=error.reason)
    if isinstance(error, CloudError):
        return _("the wizard could not read the list: {reason}; type a value").format(reason=error.reason)
    return _("the wizard could not read the list: {error}; type a value").format(error=error)
