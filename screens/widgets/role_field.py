"""The fields of Access that need a control of their own: roles, the product, and who acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Select

from screens.widgets.field import ChoiceField, Field
from screens.widgets.role_picker import Offer, RoleFilter, RolePicker

if TYPE_CHECKING:
    from wizard.setup.question import Choice, Value


class RolesField(Field):
    """Several roles: those usual for the product at once, the others when the list was read."""

    def compose_control(self) -> ComposeResult:
        """The picker."""
        yield RolePicker()

    @property
    def picker(self) -> RolePicker:
        """The picker."""
        return self.query_one(RolePicker)

    @property
    def control(self) -> RoleFilter:
        """Where one types."""
        return self.query_one(RoleFilter)

    def update_answer(self) -> None:
        """The product may have changed, and with it what is usual."""
        product = self.answers.text("access.product")
        usual = [Offer(each.value, each.title, each.note, usual=True) for each in self.question.options(self.answers)]
        self.picker.offer(usual or _usual_anywhere(), product)
        self.show_value(self.answers.get(self.question.path))
        super().update_answer()

    def show_value(self, value: Value | None) -> None:
        """The roles chosen."""
        self.picker.choose(value if isinstance(value, tuple) else ())

    def offer(self, choices: Sequence[Choice]) -> None:
        """The list was read; one of usual roles only stands in for a list that there is not."""
        read = any(not each.recommended for each in choices)
        self.picker.listed([Offer(each.value, each.title, each.note) for each in choices if read])

    @on(RolePicker.Changed)
    def _changed(self, event: RolePicker.Changed) -> None:
        event.stop()
        self.answer(event.roles or None)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.done()


def _usual_anywhere() -> list[Offer]:
    """The usual roles of every product, for as long as none is chosen."""
    from wizard.setup.usual_roles import PRODUCTS

    return [Offer(each.role, each.title, each.lets) for product in PRODUCTS for each in product.roles]


class ProductField(Field):
    """One of many products, or none in particular."""

    def compose_control(self) -> ComposeResult:
        """A list that opens."""
        options = [(choice.title, choice.value) for choice in self.question.options(self.answers)]
        yield Select(options, prompt="another, or several: all roles", compact=True, classes="product")

    @property
    def control(self) -> Select[str]:
        """The list."""
        return self.query_one(Select)

    def update_answer(self) -> None:
        """The product may follow from the roles."""
        self.show_value(self.answers.get(self.question.path))
        super().update_answer()

    def show_value(self, value: Value | None) -> None:
        """The product, if it is one of those known."""
        known = {choice.value for choice in self.question.options(self.answers)}
        with self.prevent(Select.Changed):
            self.control.value = value if isinstance(value, str) and value in known else Select.NULL

    def _source(self) -> str:
        found = self.answers.found(self.question.path)
        return f"chosen for now: {found.source}" if found else ""

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        self.answer(event.value if isinstance(event.value, str) else None)


class ActingField(ChoiceField):
    """By itself or as a service account: what the products allow decides which is recommended."""

    def _options(self) -> Sequence[Choice]:
        found = self.question.default(self.answers)
        return [replace(each, recommended=bool(found and found.value == each.value)) for each in super()._options()]
