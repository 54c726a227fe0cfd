"""Choosing roles: several from a list that is read live, found by typing; or typed, where listing is not allowed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from wizard.setup import rules
from wizard.setup.wide_roles import too_wide

SHOWN = 200
"""How many roles are shown at once; more are found by typing."""


@dataclass(frozen=True)
class Offer:
    """A role that can be chosen: its name in IAM, its title, and what it is for; `usual` ones come first."""

    role: str
    title: str = ""
    about: str = ""
    usual: bool = False

    def matches(self, words: Iterable[str]) -> bool:
        """Does every word occur in its name, title or description?"""
        text = f"{self.role} {self.title} {self.about}".lower()
        return all(word in text for word in words)


def in_order(usual: Iterable[Offer], listed: Iterable[Offer], chosen: Sequence[str], product: str) -> list[Offer]:
    """Chosen ones, usual ones, the product's others, the rest. A role that is offered twice is described once.

    Once there is a list, what is usual but not in it cannot be granted, so it is not offered.
    """
    known = {offer.role: offer for offer in listed}
    first = [offer for offer in usual if not known or offer.role in known]
    first += [Offer(role) for role in chosen if role not in known]
    offers = known | {offer.role: offer for offer in reversed(first)}
    places = {offer.role: place for place, offer in enumerate(reversed(first))}
    mine = f"roles/{product}."

    def place(offer: Offer) -> tuple[bool, bool, int, bool, str]:
        others = not (product and offer.role.startswith(mine))
        return offer.role not in chosen, not offer.usual, -places.get(offer.role, 0), others, offer.role

    return sorted(offers.values(), key=place)


class RoleFilter(Input):
    """Where one types: words narrow the list, a whole role name is taken with Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "to_list", "To the list", id="roles.to-list", tooltip="Go into the list of roles", show=False)
    ]

    def action_to_list(self) -> None:
        """Go into the list."""
        self.screen.focus_next(RoleList)


class RoleList(OptionList):
    """The roles, one to a line, those chosen with an x."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", "Choose", id="roles.choose", tooltip="Choose this role, or leave it out again"),
    ]


class RolePicker(Vertical):
    """A field for finding or typing roles, the list, and what the role under the cursor is for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "find", "Find", key_display="/", id="roles.find", tooltip="Type to find a role"),
    ]

    class Changed(Message):
        """Other roles are chosen now."""

        def __init__(self, picker: RolePicker, roles: tuple[str, ...]) -> None:
            super().__init__()
            self.picker = picker
            self.roles = roles

        @property
        def control(self) -> RolePicker:
            """The picker, for @on."""
            return self.picker

    def __init__(self, chosen: Iterable[str] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._chosen = list(dict.fromkeys(chosen))
        self._usual: list[Offer] = []
        self._listed: list[Offer] = []
        self._product = ""
        self._order: list[Offer] = []

    @property
    def chosen(self) -> tuple[str, ...]:
        """The roles chosen, in the order of choosing."""
        return tuple(self._chosen)

    def compose(self) -> ComposeResult:
        """The field, what is wrong with it, the list, and the role under the cursor."""
        yield RoleFilter(
            placeholder="type to find a role, or its whole name: roles/…", compact=True, classes="field-input"
        )
        yield Static(classes="roles--problem", markup=False)
        yield RoleList(classes="roles--list", markup=False)
        yield Static(classes="roles--about", markup=False)

    def on_mount(self) -> None:
        """Show what is known so far."""
        self.query_one(".roles--problem").display = False
        self._arrange()

    def offer(self, usual: Iterable[Offer], product: str) -> None:
        """Offer the usual roles of a product first."""
        wanted = list(usual)
        if (wanted, product) != (self._usual, self._product):
            self._usual, self._product = wanted, product
            self._arrange()

    def choose(self, roles: Iterable[str]) -> None:
        """Have these roles chosen, without a message: that is what the answer says already."""
        wanted = list(dict.fromkeys(roles))
        if wanted != self._chosen:
            self._chosen = wanted
            self._arrange()

    def listed(self, offers: Iterable[Offer]) -> None:
        """Take the list that was read live."""
        self._listed = list(offers)
        self._arrange()

    @property
    def titles(self) -> dict[str, str]:
        """Role -> title, of those that have one."""
        return {offer.role: offer.title for offer in self._order if offer.title}

    @property
    def unknown(self) -> tuple[str, ...]:
        """The chosen roles that are not in the list, where there is a list."""
        known = {offer.role for offer in self._listed}
        return tuple(role for role in self._chosen if role not in known) if known else ()

    def action_find(self) -> None:
        """Go to the field."""
        self.query_one(RoleFilter).focus()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._problem("")
        self._draw()

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        """A whole role name is taken, as is the only role found; an empty field goes forward like any other."""
        text = event.value.strip()
        if not text:
            return
        event.stop()
        found = [offer.role for offer in self._found()]
        role = found[0] if len(found) == 1 else text
        if found and role not in found:
            self._problem(f"{len(found)} roles fit: choose in the list (arrow down)")
            return
        if broken := rules.role(role):
            self._problem(str(broken))
            return
        if role not in self._chosen:
            self._toggle(role)
        event.input.clear()
        self._arrange()

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is None:
            return
        self._toggle(event.option_id)
        offer = self._found()[event.option_index]
        event.option_list.replace_option_prompt_at_index(event.option_index, self._prompt(offer))

    @on(OptionList.OptionHighlighted)
    def _told(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._tell(event.option_index)

    def _toggle(self, role: str) -> None:
        if role in self._chosen:
            self._chosen.remove(role)
        else:
            self._chosen.append(role)
        self.post_message(self.Changed(self, self.chosen))

    def _arrange(self) -> None:
        self._order = in_order(self._usual, self._listed, self._chosen, self._product)
        if self.is_mounted:
            self._draw()

    def _found(self) -> list[Offer]:
        words = self.query_one(RoleFilter).value.lower().split()
        return [offer for offer in self._order if offer.matches(words)]

    def _draw(self) -> None:
        found = self._found()
        options: list[Option] = [Option(self._prompt(offer), offer.role) for offer in found[:SHOWN]]
        if len(found) > SHOWN:
            rest = Content(f"    {len(found) - SHOWN} more: type to find them")
            options.append(Option(rest, disabled=True))
        roles = self.query_one(RoleList)
        roles.set_options(options)
        roles.display = bool(options)
        roles.highlighted = 0 if options else None
        self._tell(roles.highlighted)

    def _tell(self, index: int | None) -> None:
        found = self._found()
        about = self.query_one(".roles--about", Static)
        if index is None or index >= len(found):
            about.update("")
            return
        offer = found[index]
        wide = too_wide(offer.role)
        told = [offer.about or offer.title or offer.role, f"Wide: it {wide}." if wide else ""]
        about.update(Content("\n".join(filter(None, told))))

    def _prompt(self, offer: Offer) -> Content:
        mark = "[x]" if offer.role in self._chosen else "[ ]"
        wide = "  (wide)" if too_wide(offer.role) else ""
        if not offer.title:
            strange = "  (not in the list)" if offer.role in self.unknown else ""
            return Content.assemble(f"{mark} ", (offer.role, "bold"), wide, strange)
        return Content.assemble(f"{mark} ", (offer.title, "bold"), wide, (f"  {offer.role}", "dim"))

    def _problem(self, text: str) -> None:
        problem = self.query_one(".roles--problem", Static)
        problem.update(Content(text))
        problem.display = bool(text)
