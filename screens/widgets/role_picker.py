"""A control to select roles: search the list that the cloud gave, or type a role name if there is no list."""

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

from wizard.language import _
from wizard.phrases import full_stop
from wizard.setup import rules
from wizard.setup.wide_roles import too_wide

SHOWN = 200
"""Largest number of roles shown at once; typing finds the others."""


@dataclass(frozen=True)
class Offer:
    """A role that can be selected: its IAM name, its title, what it is for, and whether it is usual for the product."""

    role: str
    title: str = ""
    about: str = ""
    usual: bool = False

    def matches(self, words: Iterable[str]) -> bool:
        """Return whether every word occurs in the role's name, title or description."""
        text = f"{self.role} {self.title} {self.about}".lower()
        return all(word in text for word in words)


def order_offers(usual: Iterable[Offer], listed: Iterable[Offer], chosen: Sequence[str], product: str) -> list[Offer]:
    """Return each role once: selected roles first, then usual ones, others of the product, and the rest.

    Leaves out usual roles that are not in the list, if there is a list: they cannot be granted.
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
    """The input: words filter the list, Enter selects the only match or a full role name."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down", "to_list", "Go to the list", id="roles.to-list", tooltip="Move to the list of roles", show=False
        )
    ]

    def action_to_list(self) -> None:
        """Focus the list."""
        self.screen.focus_next(RoleList)


class RoleList(OptionList):
    """The list of roles."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", "Choose", id="roles.choose", tooltip="Select or clear this role"),
    ]


class RolePicker(Vertical):
    """Shows the input, the list of roles, and a description of the role under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "find", "Find", key_display="/", id="roles.find", tooltip="Search for a role"),
    ]

    class Changed(Message):
        """The selected roles changed."""

        def __init__(self, picker: RolePicker, roles: tuple[str, ...]) -> None:
            super().__init__()
            self.picker = picker
            self.roles = roles

        @property
        def control(self) -> RolePicker:
            """The picker that posted the message."""
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
        """The selected roles, in the order in which they were selected."""
        return tuple(self._chosen)

    def compose(self) -> ComposeResult:
        """Yield the input, its problem, the list, and the description."""
        yield RoleFilter(
            placeholder=_("Search for a role, or type the full role name: roles/…"), compact=True, classes="field-input"
        )
        yield Static(classes="roles--problem", markup=False)
        yield RoleList(classes="roles--list", markup=False)
        yield Static(classes="roles--about", markup=False)

    def on_mount(self) -> None:
        """Show the roles that are known so far."""
        self.query_one(".roles--problem").display = False
        self._arrange()

    def offer(self, usual: Iterable[Offer], product: str) -> None:
        """Put the usual roles of a product first."""
        wanted = list(usual)
        if (wanted, product) != (self._usual, self._product):
            if product != self._product:
                self.clear_filter()
            self._usual, self._product = wanted, product
            self._arrange()

    def clear_filter(self) -> None:
        """Remove the words that filter the list, because they were typed for other roles."""
        if not self.is_mounted:
            return
        words = self.query_one(RoleFilter)
        if words.value:
            with self.prevent(Input.Changed):
                words.clear()
            self._show_problem("")
            self._draw()

    def choose(self, roles: Iterable[str]) -> None:
        """Select these roles, without posting Changed."""
        wanted = list(dict.fromkeys(roles))
        if wanted != self._chosen:
            self._chosen = wanted
            self._arrange()

    def listed(self, offers: Iterable[Offer]) -> None:
        """Take the list of roles that was read from the cloud."""
        self._listed = list(offers)
        self._arrange()

    @property
    def titles(self) -> dict[str, str]:
        """The titles of the roles that have one, by role."""
        return {offer.role: offer.title for offer in self._order if offer.title}

    @property
    def unknown(self) -> tuple[str, ...]:
        """The selected roles that are not in the list; empty if there is no list."""
        known = {offer.role for offer in self._listed}
        return tuple(role for role in self._chosen if role not in known) if known else ()

    def action_find(self) -> None:
        """Focus the input."""
        self.query_one(RoleFilter).focus()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._show_problem("")
        self._draw()

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        """Select the only match or a full role name. An empty input lets the event bubble, to go to the next field."""
        text = event.value.strip()
        if not text:
            return
        event.stop()
        found = [offer.role for offer in self._found()]
        role = found[0] if len(found) == 1 else text
        if found and role not in found:
            count = len(found)
            self._show_problem(_("{count} roles match. Press ↓ to choose a role in the list.").format(count=count))
            return
        if broken := rules.role(role):
            self._show_problem(str(broken))
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
    def _option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._describe(event.option_index)

    def _toggle(self, role: str) -> None:
        if role in self._chosen:
            self._chosen.remove(role)
        else:
            self._chosen.append(role)
        self.post_message(self.Changed(self, self.chosen))

    def _arrange(self) -> None:
        self._order = order_offers(self._usual, self._listed, self._chosen, self._product)
        if self.is_mounted:
            self._draw()

    def _found(self) -> list[Offer]:
        words = self.query_one(RoleFilter).value.lower().split()
        return [offer for offer in self._order if offer.matches(words)]

    def _draw(self) -> None:
        found = self._found()
        options: list[Option] = [Option(self._prompt(offer), offer.role) for offer in found[:SHOWN]]
        if len(found) > SHOWN:
            more = len(found) - SHOWN
            rest = Content("    " + _("{more} more roles: type to find these roles").format(more=more))
            options.append(Option(rest, disabled=True))
        roles = self.query_one(RoleList)
        roles.set_options(options)
        roles.display = bool(options)
        roles.highlighted = 0 if options else None
        self._describe(roles.highlighted)

    def _describe(self, index: int | None) -> None:
        found = self._found()
        about = self.query_one(".roles--about", Static)
        words = self.query_one(RoleFilter).value.strip()
        if not found and words:
            about.update(
                Content(
                    _(
                        "No role matches {words}. Change the search words, or type the full name of a role: roles/…"
                    ).format(words=words)
                )
            )
            return
        if index is None or index >= len(found):
            about.update("")
            return
        offer = found[index]
        wide = too_wide(offer.role)
        description = [offer.about or offer.title or offer.role, full_stop(wide) if wide else ""]
        about.update(Content("\n".join(filter(None, description))))

    def _prompt(self, offer: Offer) -> Content:
        mark = "[x]" if offer.role in self._chosen else "[ ]"
        wide = "  " + _("(broad)") if too_wide(offer.role) else ""
        if not offer.title:
            not_listed = "  " + _("(not in the list)") if offer.role in self.unknown else ""
            return Content.assemble(f"{mark} ", (offer.role, "bold"), wide, not_listed)
        return Content.assemble(f"{mark} ", (offer.title, "bold"), wide, (f"  {offer.role}", "dim"))

    def _show_problem(self, text: str) -> None:
        if text and not self._found():
            self.query_one(".roles--about", Static).update("")  # the problem says more
        problem = self.query_one(".roles--problem", Static)
        problem.update(Content(text))
        problem.display = bool(text)
