"""Access: what the workload may do and as whom, and in a plain sentence what that grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens import bridge
from screens.form import FormPage
from screens.widgets.field import Field, field_for
from screens.widgets.role_field import ActingField, ProductField, RolesField
from wizard.setup import granting

if TYPE_CHECKING:
    from wizard.setup.question import Question

_FIELDS: dict[str, type[Field]] = {
    "access.product": ProductField,
    "access.roles": RolesField,
    "access.via": ActingField,
}
_FIRST = "access.product"


class AccessPage(FormPage):
    """What the workload may do. A mode says whom the roles are for, and what else to know about them."""

    title: ClassVar[str] = "Access"

    def holder(self) -> str:
        """Whom the roles are for, as the beginning of a sentence."""
        return "The workload"

    def remarks(self) -> list[granting.Remark]:
        """What to know about the grants."""
        return granting.remarks(self.answers)

    def questions(self) -> tuple[Question, ...]:
        """The product first: what is usual follows from it."""
        return tuple(sorted(super().questions(), key=lambda each: each.path != _FIRST))

    def make_field(self, question: Question) -> Field:
        """Some questions have a control of their own."""
        return _FIELDS.get(question.path, field_for)(question, self.answers)

    def compose_after(self) -> ComposeResult:
        """What the answers grant."""
        with Vertical(id="granting"):
            yield Static("This will be granted", classes="granting--title", markup=False)
            yield Static("", classes="granting--sentence", markup=False)
            yield Static("", classes="granting--remarks", markup=False)

    def refreshed(self) -> None:
        """The sentence follows from every answer."""
        super().refreshed()
        self._tell()

    @on(events.DescendantFocus)
    @on(bridge.Listed)
    @on(bridge.Failed)
    def _something_new(self) -> None:
        """The list has titles; a focus or a note has moved what is in view."""
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        self._tell()
        last, focused = self._visible()[-1], self.app.focused
        if focused is not None and focused in last.query("*"):
            self.call_after_refresh(self._show_with_granting, last)

    def _show_with_granting(self, field: Field) -> None:
        """With the last field, what is granted comes into view too, where there is room for both."""
        both = field.virtual_region.union(self.query_one("#granting").virtual_region)
        if both.height <= self.size.height:
            self.scroll_to_region(both, animate=False)

    def _tell(self) -> None:
        picker = self.query_one(RolesField).picker
        self.query_one(".granting--sentence", Static).update(
            Content(granting.granted(self.holder(), self.answers, picker.titles))
        )
        remarks = [*self.remarks(), *(granting.unlisted(role) for role in picker.unknown)]
        lines = [Content.styled(f"{'!' if each.warn else '·'} {each.text}", _style(each)) for each in remarks]
        self.query_one(".granting--remarks", Static).update(Content("\n").join(lines))
        self.query_one(".granting--remarks").display = bool(lines)


def _style(remark: granting.Remark) -> str:
    return "$text-warning" if remark.warn else "$text-muted"
