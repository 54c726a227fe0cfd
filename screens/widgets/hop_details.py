"""The outcomes of the hops, one line each. A failed hop is open, those skipped after it are dimmed."""

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
from wizard.columns import left
from wizard.language import _, translated
from wizard.outside.text import one_line

if TYPE_CHECKING:
    from wizard.chain.hop import Outcome

_STYLES = {"ok": "$text-success", "failed": "bold $text-error", "not_proven": "$text-warning", "skipped": "$text-muted"}
_EVIDENCE = {"ok": "$text-muted", "failed": "$text-error", "not_proven": "$text-warning", "skipped": "$text-muted"}

_STATUSES = {"ok": "passed", "failed": "failed", "not_proven": "not proven", "skipped": "skipped"}

COMPUTED = "principal"
"""The hop that the wizard computes itself. It predicts the answer to the next hop. Its line stays closed."""


class HopLine(Disclosure):
    """Shows the outcome of one hop."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "raw", "Raw", id="hop.raw", tooltip="Show the request and the response, with secrets masked"),
    ]

    def __init__(self, outcome: Outcome) -> None:
        refused = outcome.status == "failed" and outcome.hop.id != COMPUTED
        super().__init__(head_of(outcome), body_of(outcome), open=refused, classes=f"hop {outcome.status}")
        self.outcome = outcome

    def action_raw(self) -> None:
        """Show the outcome as JSON."""
        text = json.dumps(self.outcome.as_json(), indent=2, ensure_ascii=False)
        note = _("The request and the response. The wizard masks keys and tokens.")
        self.app.push_screen(TextDialog(translated(self.outcome.hop.title), text, note))


class HopDetails(Vertical):
    """Shows the outcomes so far."""

    def clear(self) -> None:
        """Remove all outcomes."""
        self.remove_children()

    def add(self, outcome: Outcome) -> AwaitMount:
        """Add an outcome. Await the result to have the line mounted with its body."""
        return self.mount(HopLine(outcome))

    def line(self, hop: str) -> HopLine | None:
        """Return the line of a hop; None if it has no outcome yet."""
        return next((line for line in self.query(HopLine) if line.outcome.hop.id == hop), None)


def head_of(outcome: Outcome) -> Content:
    """Return the glyph, the title, and one line of evidence; for a failed hop the time that it took."""
    style = _STYLES[outcome.status]
    title = (f"{left(translated(outcome.hop.title), 25)} ", "$text-muted" if outcome.status == "skipped" else "bold")
    return Content.assemble(
        (f"{GLYPHS[outcome.status]} ", style), title, (one_line(_gist(outcome)), _EVIDENCE[outcome.status])
    )


def _gist(outcome: Outcome) -> str:
    if outcome.status == "failed" and outcome.hop.id == COMPUTED:
        return outcome.reason or _("failed")
    if outcome.status == "failed":
        return (
            _("failed after {duration}").format(duration=duration(outcome.elapsed))
            if outcome.elapsed >= 0.0005
            else _("failed")
        )
    if outcome.status == "skipped":
        return _("skipped: {reason}").format(reason=outcome.why)
    return outcome.evidence[0] if outcome.evidence else _(_STATUSES[outcome.status])


def body_of(outcome: Outcome) -> Content:
    """Return the cloud's words, the cause, the fix and the evidence."""
    if outcome.status == "skipped":
        return Content("")
    parts: list[Content] = []
    if outcome.status == "failed" and outcome.refusal:
        parts.append(_labelled(_("Response from the cloud"), f"{outcome.refusal.code}: {outcome.refusal.message}"))
    if outcome.status != "ok" and outcome.reason:
        parts.append(_labelled(_("Cause"), outcome.reason))
    if outcome.fix:
        parts.append(_labelled(_("Fix"), outcome.fix))
    parts += [Content.styled(one_line(line), "$text-muted") for line in outcome.evidence if line != outcome.reason]
    if outcome.status == "ok":
        parts.append(
            Content.styled(_("The step took {duration}.").format(duration=duration(outcome.elapsed)), "$text-muted")
        )
    return Content("\n").join(parts)


def _labelled(label: str, text: str) -> Content:
    return Content.assemble((f"{label}  ", "bold"), one_line(text))
