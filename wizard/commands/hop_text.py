"""A step of the live test as text."""

from __future__ import annotations

from wizard.chain.hop import Outcome

GLYPHS = {"ok": "✓", "failed": "✗", "not_proven": "?", "skipped": "·"}


def hop_lines(outcome: Outcome) -> list[str]:
    """The lines of a step: its title, the evidence and, unless it is ok, the cause and the fix."""
    elapsed = f"{outcome.elapsed * 1000:6.0f} ms" if outcome.status in ("ok", "failed") else " " * 9
    head = f"{GLYPHS[outcome.status]} {elapsed}  {outcome.hop.title}"
    if outcome.status == "skipped":
        return [f"{head}: skipped, {outcome.reason}"]
    lines = [head, *(_labelled("", line) for line in outcome.evidence)]
    if outcome.refusal and outcome.status == "failed":
        lines.append(_labelled("answer", f"{outcome.refusal.code}: {outcome.refusal.message}"))
    if outcome.status != "ok" and outcome.reason:
        lines.append(_labelled("cause", outcome.reason))
    if outcome.fix:
        lines.append(_labelled("fix", outcome.fix))
    if outcome.code and outcome.status == "failed":
        lines.append(_labelled("more", f"wif-wizard doctor --explain {outcome.code}"))
    return lines


def _labelled(label: str, text: str) -> str:
    return f"{label:>11}  {text}"
