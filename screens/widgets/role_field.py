"""The fields of the Access page with a control of their own: roles, product, and identity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Select

from screens.widgets.field import ChoiceField, Field, TextField
from screens.widgets.role_picker import Offer, RoleFilter, RolePicker
from wizard.language import _
from wizard.outside.text import one_line

if TYPE_CHECKING:
    from wizard.setup.question import Choice, Value


class RolesField(Field):
    """Several roles. Those usual for the product are offered at once, all others when the list was read."""

    def compose_control(self) -> ComposeResult:
        """The picker."""
        yield RolePicker()

    @property
    def picker(self) -> RolePicker:
        """The picker."""
        return self.query_one(RolePicker)

    @property
    def control(self) -> RoleFilter:
        """The input of the picker."""
        return self.query_one(RoleFilter)

    def update_answer(self) -> None:
        """Offer the usual roles of the current product."""
        product = self.answers.text("access.product")
        usual = [
            Offer(choice.value, choice.title, choice.note, usual=True) for choice in self.question.options(self.answers)
        ]
        self.picker.offer(usual or _usual_anywhere(), product)
        self.show_value(self.answers.get(self.question.path))
        super().update_answer()

    def show_value(self, value: Value | None) -> None:
        """Select the roles of the answer."""
        self.picker.choose(value if isinstance(value, tuple) else ())

    def offer(self, choices: Sequence[Choice]) -> None:
        """Take the list that was read. A list of usual roles only means that there is none."""
        read = any(not choice.recommended for choice in choices)
        self.picker.listed([Offer(choice.value, choice.title, choice.note) for choice in choices if read])

    @on(RolePicker.Changed)
    def _changed(self, event: RolePicker.Changed) -> None:
        event.stop()
        nothing = None if self.answers.seen_at(self.question.path) is None else ()
        self.answer(event.roles or nothing)

    def _source(self) -> str:
        found = self.answers.found(self.question.path)
        return _("found: {source}").format(source=found.source) if found else ""

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.done()


def _usual_anywhere() -> list[Offer]:
    """Return the usual roles of all products, for when no product is chosen."""
    from wizard.setup.usual_roles import PRODUCTS

    return [Offer(role.role, role.title, role.lets) for product in PRODUCTS for role in product.roles]


class KeyAccountField(TextField):
    """The service account of a key. As long as there is no answer, it says where the key was found."""

    def _source(self) -> str:
        found = self.answers.found("access.has_key")
        if self.answers.text(self.question.path) or found is None or found.value is not True:
            return super()._source()
        return one_line(_("the wizard asks this question, because {source}").format(source=found.source))


class ProductField(Field):
    """One product of many, or none."""

    def compose_control(self) -> ComposeResult:
        """Yield a drop-down list of the products."""
        options = [(choice.title, choice.value) for choice in self.question.options(self.answers)]
        yield Select(options, prompt=_("Other products"), compact=True, classes="product")

    @property
    def control(self) -> Select[str]:
        """The drop-down list."""
        return self.query_one(Select)

    def update_answer(self) -> None:
        """Show the product, which may follow from the roles."""
        self.show_value(self.answers.get(self.question.path))
        super().update_answer()

    def show_value(self, value: Value | None) -> None:
        """Select the product, if the list has it."""
        known = {choice.value for choice in self.question.options(self.answers)}
        with self.prevent(Select.Changed):
            self.control.value = value if isinstance(value, str) and value in known else Select.NULL

    def _source(self) -> str:
        found = self.answers.found(self.question.path)
        return _("default: {source}").format(source=found.source) if found else ""

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        self.answer(event.value if isinstance(event.value, str) else None)


class ActingField(ChoiceField):
    """Direct access or a service account. The default, which follows from the products, is recommended."""

    def _options(self) -> Sequence[Choice]:
        found = self.question.default(self.answers)
        return [
            replace(choice, recommended=bool(found and found.value == choice.value)) for choice in super()._options()
        ]
