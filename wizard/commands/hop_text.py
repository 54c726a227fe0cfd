"""A step of the live test as text."""

from __future__ import annotations

from wizard import columns
from wizard.chain import own_words
from wizard.chain.hop import Outcome
from wizard.language import _, translated

GLYPHS = {"ok": "✓", "failed": "✗", "not_proven": "?", "skipped": "·"}


def hop_lines(outcome: Outcome) -> list[str]:
    """The lines of a step: its title, the evidence and, unless it is ok, the cause and the fix."""
    elapsed = f"{outcome.elapsed * 1000:6.0f} ms" if outcome.status in ("ok", "failed") else " " * 9
    head = f"{GLYPHS[outcome.status]} {elapsed}  {translated(outcome.hop.title)}"
    if outcome.status == "skipped":
        return [_("{head}: skipped, {reason}").format(head=head, reason=outcome.why)]
    lines = [head, *(_labelled("", line) for line in outcome.evidence)]
    if outcome.refusal and outcome.status == "failed":
        lines.append(
            _labelled(_("answer"), f"{outcome.refusal.code}: {own_words.in_language(outcome.refusal.message)}")
        )
    if outcome.status != "ok" and outcome.reason:
        lines.append(_labelled(_("cause"), own_words.in_refusal(outcome.reason)))
    if outcome.fix:
        lines.append(_labelled(_("fix"), outcome.fix))
    if outcome.code and outcome.status == "failed":
        lines.append(_labelled(_("more"), f"wif-wizard doctor --explain {outcome.code}"))
    return lines


def _labelled(label: str, text: str) -> str:
    return f"{columns.right(label, 11)}  {text}"
