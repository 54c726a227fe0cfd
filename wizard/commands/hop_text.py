"""A hop of the live token test, in lines."""

from __future__ import annotations

from wizard.chain.hop import Outcome

GLYPHS = {"ok": "✓", "failed": "✗", "unsure": "?", "skipped": "·"}


def hop_lines(outcome: Outcome) -> list[str]:
    """A hop in lines: what it is, the evidence, and, unless ok, the reason and what to do."""
    elapsed = f"{outcome.elapsed * 1000:6.0f} ms" if outcome.status in ("ok", "failed") else " " * 9
    head = f"{GLYPHS[outcome.status]} {elapsed}  {outcome.hop.title}"
    if outcome.status == "skipped":
        return [f"{head}: skipped, {outcome.reason}"]
    lines = [head, *(f"             {line}" for line in outcome.evidence)]
    if outcome.refusal and outcome.status == "failed":
        lines.append(f"      it said {outcome.refusal.code}: {outcome.refusal.message}")
    if outcome.status != "ok" and outcome.reason:
        lines.append(f"          why {outcome.reason}")
    if outcome.fix:
        lines.append(f"       to do  {outcome.fix}")
    return lines
