"""What the doctor found, as lines that the user can open: a line for each finding, and what is known besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from screens.widgets.disclosure import Disclosure
from wizard.language import _, translated

if TYPE_CHECKING:
    from wizard.doctor.messages import Recognised
    from wizard.work.diagnosing import Diagnosis
    from wizard.work.findings import Finding

_HEALTHY = "✓ The doctor found no errors."
_HEALTHY_AS_FAR = "? The doctor found no errors, but could not check everything."
_GLYPHS = {"broken": ("✗", "$text-error"), "risk": ("!", "$text-warning"), "note": ("·", "$text-muted")}


def diagnosis_lines(diagnosis: Diagnosis) -> list[Disclosure]:
    """Return a line for each finding, the cause open, and one each for what is not known, assumed and ruled out."""
    lines = [_finding_line(finding, is_cause=finding is diagnosis.cause) for finding in diagnosis.findings]
    if diagnosis.cause is None:
        text, style = (_(_HEALTHY_AS_FAR), "$text-warning") if diagnosis.unknown else (_(_HEALTHY), "$text-success")
        lines.insert(0, Disclosure(Content.styled(text, f"bold {style}"), classes="finding"))
    rest = (
        (_("Not checked"), "?", diagnosis.unknown, True),
        (_("Assumed"), "·", diagnosis.assumed, False),
        (_("Checks that passed"), "✓", diagnosis.ruled_out, False),
    )
    for title, glyph, sentences, is_open in rest:
        if sentences:
            body = "\n".join(f"{glyph} {sentence}" for sentence in sentences)
            lines.append(Disclosure(f"{title}: {len(sentences)}", body, open=is_open, classes="finding"))
    return lines


def _finding_line(finding: Finding, *, is_cause: bool) -> Disclosure:
    glyph, style = _GLYPHS[finding.severity]
    workload = f"{finding.workload}: " if finding.workload else ""
    head = Content.assemble((f"{glyph} {workload}{finding.cause}", f"bold {style}"), (f"  {finding.rule.code}", "dim"))
    body = _labelled(
        [
            *((_("evidence"), sentence) for sentence in finding.evidence),
            *((_("effect"), sentence) for sentence in finding.effects),
            (_("fix"), finding.fix),
        ]
    )
    return Disclosure(head, body, open=is_cause, classes="finding")


def recognised_line(found: Recognised, *, is_cause: bool) -> Disclosure:
    """Return the line of a message that was recognised in an error text; that of the cause is open."""
    rule, message = found.rule, found.message
    head = Content.assemble((f"✗ {translated(rule.title)}", "bold $text-error"), (f"  {rule.code}", "dim"))
    body = _labelled(
        [
            (_("refused by"), translated(message.side)),
            (_("step"), message.hop),
            (_("words"), found.quoted),
            *((name.replace("_", " "), value) for name, value in found.facts.items()),
            (_("fix"), rule.fix),
            (_("look at"), translated(rule.look_at)),
            (_("next"), translated(rule.ask)),
        ]
    )
    return Disclosure(head, body, open=is_cause, classes="finding")


def _labelled(pairs: list[tuple[str, str]]) -> Content:
    return Content("\n").join([Content.assemble((f"{label}: ", "$text-muted"), text) for label, text in pairs])
