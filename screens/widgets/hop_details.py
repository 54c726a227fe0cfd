"""The hops one under the other: a line of evidence each; what failed is open, what comes after it dimmed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import AwaitMount

from screens.widgets.chain_drawing import GLYPHS, duration
from screens.widgets.dialogs import TextDialog
from screens.widgets.disclosure import Disclosure

if TYPE_CHECKING:
    from wizard.chain.hop import Outcome

_STYLES = {"ok": "$text-success", "failed": "bold $text-error", "unsure": "$text-warning", "skipped": "$text-muted"}
_SAID = {"ok": "$text-muted", "failed": "$text-error", "unsure": "$text-warning", "skipped": "$text-muted"}

COMPUTED = "principal"
"""The hop that no cloud has a word in: it foretells what the next one will say, and so it stays closed."""


class HopLine(Disclosure):
    """One hop."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "raw", "Raw", id="hop.raw", tooltip="What was sent and what came back, secrets masked"),
    ]

    def __init__(self, outcome: Outcome) -> None:
        refused = outcome.status == "failed" and outcome.hop.id != COMPUTED
        super().__init__(head_of(outcome), body_of(outcome), open=refused, classes=f"hop {outcome.status}")
        self.outcome = outcome

    def action_raw(self) -> None:
        """Show the outcome as it was reported."""
        text = json.dumps(self.outcome.as_json(), indent=2, ensure_ascii=False)
        note = "What was sent and what came back. Keys and tokens are masked."
        self.app.push_screen(TextDialog(self.outcome.hop.title, text, note))


class HopDetails(Vertical):
    """The outcomes so far."""

    def clear(self) -> None:
        """Nothing was walked yet."""
        self.remove_children()

    def add(self, outcome: Outcome) -> AwaitMount:
        """One more hop; awaited, it is there with its body."""
        return self.mount(HopLine(outcome))

    def line(self, hop: str) -> HopLine | None:
        """The line of a hop."""
        return next((each for each in self.query(HopLine) if each.outcome.hop.id == hop), None)


def head_of(outcome: Outcome) -> Content:
    """Glyph, title, and one line of evidence; how long it took where the body has the evidence."""
    style = _STYLES[outcome.status]
    title = (f"{outcome.hop.title:<25} ", "$text-muted" if outcome.status == "skipped" else "bold")
    return Content.assemble((f"{GLYPHS[outcome.status]} ", style), title, (_one_line(outcome), _SAID[outcome.status]))


def _one_line(outcome: Outcome) -> str:
    if outcome.status == "failed" and outcome.hop.id == COMPUTED:
        return outcome.reason or "failed"
    if outcome.status == "failed":
        return f"failed after {duration(outcome.elapsed)}" if outcome.elapsed >= 0.0005 else "failed"
    if outcome.status == "skipped":
        return f"skipped: {outcome.reason}"
    return outcome.evidence[0] if outcome.evidence else outcome.status


def body_of(outcome: Outcome) -> Content:
    """What the cloud said, why, what to do, and the evidence."""
    if outcome.status == "skipped":
        return Content("")
    parts: list[Content] = []
    if outcome.status == "failed" and outcome.refusal:
        parts.append(_said("The cloud said", f"{outcome.refusal.code}: {outcome.refusal.message}"))
    if outcome.status != "ok" and outcome.reason:
        parts.append(_said("Why", outcome.reason))
    if outcome.fix:
        parts.append(_said("What to do", outcome.fix))
    parts += [Content.styled(each, "$text-muted") for each in outcome.evidence if each != outcome.reason]
    if outcome.status == "ok":
        parts.append(Content.styled(f"It took {duration(outcome.elapsed)}.", "$text-muted"))
    return Content("\n").join(parts)


def _said(label: str, text: str) -> Content:
    return Content.assemble((f"{label}  ", "bold"), text)
