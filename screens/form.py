"""Pages made of questions: a new question needs no new screen."""

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

if TYPE_CHECKING:
    from wizard.setup.answers import Answers
    from wizard.setup.question import Question


class Fold(Widget, can_focus=True):
    """Shows or hides what most need not see."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "unfold", "Show details", id="fold.toggle", tooltip="Show or hide details", show=False)
    ]
    open: reactive[bool] = reactive(False)

    class Toggled(Message):
        """Opened or closed."""

    def render(self) -> VisualType:
        """A sentence with a triangle."""
        return Content("▾ hide details" if self.open else "▸ show details")

    def action_unfold(self) -> None:
        """Open or close."""
        self.open = not self.open
        self.post_message(self.Toggled())

    def on_click(self, event: events.Click) -> None:
        """As by key."""
        event.stop()
        self.action_unfold()


class FormPage(Page):
    """The questions of one page, in their order, with the details folded away.

    Override `make_field` for a control of one's own and `compose_after` for what follows the fields; `answered` is
    called after each answer.
    """

    def compose_body(self) -> ComposeResult:
        """A field for each question."""
        plain = [each for each in self.questions() if not each.detail]
        detail = [each for each in self.questions() if each.detail]
        for question in plain:
            yield self.make_field(question)
        yield from self.compose_after()
        if detail:
            yield Fold()
            with Vertical(id="details"):
                for question in detail:
                    yield self.make_field(question)

    def compose_after(self) -> ComposeResult:
        """What follows the fields, before the details."""
        yield from ()

    def make_field(self, question: Question) -> Field:
        """The field for a question."""
        return field_for(question, self.answers)

    @property
    def answers(self) -> Answers:
        """The answers that the fields show and change."""
        return self.session.answers

    def questions(self) -> tuple[Question, ...]:
        """The questions of this page."""
        return self.answers.on_page(self.page_id)

    def field(self, path: str) -> Field:
        """The field of a question. Raises KeyError."""
        return {each.question.path: each for each in self.query(Field)}[path]

    def answered(self, path: str) -> None:
        """Called after an answer on this page changed."""

    # Coming, and what other answers have changed

    def entered(self) -> None:
        """Show the answers as they are now, and read the lists."""
        self._listed: dict[str, tuple[str, ...]] = getattr(self, "_listed", {})
        for field in self.query(Field):
            field.answers = self.answers
        self.refreshed()
        self.read_lists()

    def refreshed(self) -> None:
        """Show the answers as they are now."""
        answers = self.answers
        for fold in self.query(Fold):
            details = self.query_one("#details")
            details.display = fold.open
            fold.display = any(each.detail and each.shown(answers) for each in self.questions())
        for field in self.query(Field):
            field.display = field.question.shown(answers)
            if field.display:
                field.update_answer()

    @on(Fold.Toggled)
    def _toggled(self) -> None:
        self.refreshed()
        self.read_lists()

    # Answers

    @on(Field.Answered)
    def _answered(self, event: Field.Answered) -> None:
        event.stop()
        path = event.field.question.path
        if event.value is None:
            self.answers.clear(path)
        else:
            self.answers.set(path, event.value)
        self.refreshed()
        self.answered(path)
        self.post_message(self.Changed())
        self.call_after_refresh(self._show_field, event.field)

    @on(Field.Done)
    def _done(self, event: Field.Done) -> None:
        event.stop()
        fields = self._visible()
        place = fields.index(event.field)
        if place + 1 < len(fields):
            fields[place + 1].control.focus()
        else:
            self.post_message(self.Next())

    def _visible(self) -> list[Field]:
        folded = not all(fold.open for fold in self.query(Fold))
        return [each for each in self.query(Field) if each.display and not (each.question.detail and folded)]

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Bring the whole field into view, not only its control."""
        self._show_field(event.widget)

    def on_resize(self) -> None:
        """Keep what is being answered in view."""
        if self.app.focused is not None and self in self.app.focused.ancestors:
            self.call_after_refresh(self._show_field, self.app.focused)

    @on(TextField.Opened)
    def _opened(self, event: TextField.Opened) -> None:
        event.stop()
        self.call_after_refresh(self._show_field, event.field)

    def _show_field(self, widget: Widget) -> None:
        """Bring a field into view, or the line of it and its list if that is open."""
        for node in widget.ancestors_with_self:
            if isinstance(node, TextField) and node.is_open:
                self._make_room(node)
            elif isinstance(node, Field):
                self.scroll_to_widget(node, animate=False, top=node.size.height > self.size.height)

    def _make_room(self, field: TextField) -> None:
        """Scroll until the open list has room below its line, as far as there is anything to scroll to."""
        line, page = field.control.region, self.region
        left = page.bottom - line.bottom
        rows = min(max(0, field.list_rows - left), line.y - page.y, int(self.max_scroll_y - self.scroll_y))
        self.scroll_relative(y=rows, animate=False)
        field.limit_list(left + rows)

    def on_descendant_blur(self) -> None:
        """Lists may follow from the answer just given."""
        self.read_lists()

    # What is missing

    def problems(self) -> list[str]:
        """The page's questions that need another answer."""
        titles = {each.path: each.title for each in self.questions()}
        return [f"{titles[path]} {problem}" for path, problem in self.answers.missing(self.page_id)]

    def show_problem(self) -> None:
        """Open the details if need be, and go to the first field in question."""
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
        """Read the lists of what is shown, unless they were read with the same answers."""
        context = self._answers_now()
        for field in self._visible():
            name = field.question.listing
            if name and self._listed.get(name) != context:
                self._listed[name] = context
                self._each(name, "reading the list …")
                self.read_list(name)

    def read_list(self, name: str) -> None:
        """Read a list; `bridge.Listed` or `bridge.Failed` tells what came of it."""
        self.bridge.listing(self, name, self.answers)

    def _answers_now(self) -> tuple[str, ...]:
        return tuple(self.answers.text(path) for path in self.session.mode.lists_follow)

    def _each(self, name: str, text: str) -> None:
        for field in self.query(Field):
            if field.question.listing == name:
                field.say_of_list(text)

    @on(bridge.Listed)
    def _listed_now(self, event: bridge.Listed) -> None:
        event.stop()
        for field in self.query(Field):
            if field.question.listing == event.listing:
                field.offer(event.choices)
        count = len(event.choices)
        said = f"{count} in the list: press ↓" if count else "" if event.note else "the list is empty: type it"
        self._each(event.listing, "; ".join(filter(None, [said, event.note])))

    @on(bridge.Failed)
    def _not_listed(self, event: bridge.Failed) -> None:
        if not event.doing.startswith("list "):
            return
        event.stop()
        self._each(event.doing.removeprefix("list "), f"{why(event.error)}: type it")

    def closed(self) -> bool:
        """Close an open list; answers whether there was one."""
        closed = [field.close_list() for field in self.query(TextField)]
        return any(closed)


def why(error: Exception) -> str:
    """Why a list could not be read, in a few words."""
    from wizard.clouds.errors import CloudError, NoCredentials, Unreachable

    if isinstance(error, NoCredentials):
        return "no list, as no valid credentials were found"
    if isinstance(error, Unreachable):
        return f"no list, as {error.service} gave no answer"
    if isinstance(error, CloudError):
        return f"listing is not allowed ({error.reason})" if error.status == 403 else f"no list ({error.reason})"
    return f"no list ({error})"
