"""What the doctor found, as lines of text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from wizard.doctor.messages import Recognised
from wizard.doctor.rule import Rule
from wizard.modes.opened import Inventory
from wizard.work.diagnosing import Diagnosis
from wizard.work.findings import Finding

_GLYPHS = {"broken": "✗", "risk": "!", "note": "·"}
_NOT_RECOGNISED = (
    "The doctor does not recognise this text. Pass the whole error, with the lines before it, or pass the credential "
    "configuration: wif-wizard doctor CONFIG.json"
)
_UNSEEN = "The doctor cannot detect this cause."
_WIDTH = 100


def page(rule: Rule) -> Iterator[str]:
    """Yield the help page of a rule."""
    yield f"{rule.code}  {rule.title}"
    yield f"layer: {rule.layer}; severity: {rule.severity}"
    for paragraph in rule.text.split("\n\n"):
        yield ""
        is_command = paragraph.startswith("    ")
        yield from paragraph.splitlines() if is_command else textwrap.wrap(" ".join(paragraph.split()), _WIDTH)
    if rule.unseen:
        yield ""
        yield _UNSEEN
        yield from textwrap.wrap(rule.unseen, _WIDTH)


def recognised(found: list[Recognised]) -> Iterator[str]:
    """Yield what an error text says, the cause first."""
    if not found:
        yield _NOT_RECOGNISED
        return
    cause, *others = found
    yield f"{cause.rule.code}  {cause.rule.title}"
    yield f"{'refused by':>11}  {cause.message.side}"
    yield f"{'step':>11}  {cause.message.hop}"
    yield f"{'words':>11}  {cause.quoted}"
    for name, value in cause.facts.items():
        yield f"{name.replace('_', ' '):>11}  {value}"
    yield f"{'fix':>11}  {cause.rule.fix}"
    yield f"{'look at':>11}  {cause.rule.look_at}"
    yield f"{'next':>11}  {cause.rule.ask}"
    if others:
        yield "The text also contains:"
        for each in others:
            yield f"  {each.rule.code}  {each.rule.title}"


def as_text(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield a diagnosis: the cause first, the other findings, and what is not known."""
    if diagnosis.assumed:
        yield "Assumed:"
        yield from (f"  · {sentence}" for sentence in diagnosis.assumed)
    yield ""
    if diagnosis.cause:
        yield f"Cause: {diagnosis.cause.rule.code}  {_title(diagnosis.cause)}"
        yield from _body(diagnosis.cause)
    elif diagnosis.unknown:
        yield "The doctor found nothing that is broken, but could not check everything."
    else:
        yield "The doctor found nothing that is broken."
    yield from _section("Also broken:", [each for each in diagnosis.broken if each is not diagnosis.cause])
    yield from _section("Risks and notes:", [each for each in diagnosis.findings if each.severity != "broken"])
    if diagnosis.unknown:
        yield ""
        yield "Not checked:"
        yield from (f"  ? {sentence}" for sentence in diagnosis.unknown)
    if diagnosis.broken and diagnosis.ruled_out:
        yield ""
        yield f"{len(diagnosis.ruled_out)} checks found no fault:"
        yield from (f"  ✓ {sentence}" for sentence in diagnosis.ruled_out)


def _title(finding: Finding) -> str:
    return f"{finding.workload}: {finding.cause}" if finding.workload else finding.cause


def _section(title: str, findings: Iterable[Finding]) -> Iterator[str]:
    listed = list(findings)
    if not listed:
        return
    yield ""
    yield title
    for finding in listed:
        yield f"{_GLYPHS[finding.severity]} {finding.rule.code}  {_title(finding)}"
        yield from _body(finding)


def _body(finding: Finding) -> Iterator[str]:
    for sentence in finding.evidence:
        yield f"{'evidence':>11}  {sentence}"
    for sentence in finding.effects:
        yield f"{'effect':>11}  {sentence}"
    yield f"{'fix':>11}  {finding.fix}"


def inventory(found: Inventory) -> Iterator[str]:
    """Yield a table of the workloads of a cluster or of an account: how each reaches Google Cloud, and what is next."""
    yield found.about
    yield ""
    head = ("workload", "identity", "today", "detail", "next step")
    rows = [(row.workload, row.identity, row.way, row.detail, row.next_step) for row in found.rows]
    widths = [min(48, max(len(row[column]) for row in (head, *rows))) for column in range(len(head) - 1)]
    for row in (head, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)]
        yield "  ".join([*cells, row[-1]])
    if not rows:
        yield "The doctor found no workload."
    if found.unknown:
        yield ""
        yield "Not checked:"
        yield from (f"  ? {sentence}" for sentence in found.unknown)
