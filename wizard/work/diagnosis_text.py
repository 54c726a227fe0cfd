"""What the doctor found, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wizard import columns
from wizard.columns import wrapped
from wizard.doctor import pages
from wizard.doctor.messages import Recognised
from wizard.doctor.rule import Rule
from wizard.language import N_, _, prose_of, translated
from wizard.modes.opened import Inventory
from wizard.work.diagnosing import Diagnosis
from wizard.work.findings import Finding

_GLYPHS = {"broken": "✗", "risk": "!", "note": "·"}
_NOT_RECOGNISED = (
    "The doctor does not recognize this text. Pass the whole error, with the lines before it, or pass the credential "
    "configuration: wif-wizard doctor CONFIG.json"
)
_FACTS = {
    "account": N_("account"),
    "action": N_("action"),
    "amount": N_("amount"),
    "audience": N_("audience"),
    "binding": N_("binding"),
    "caller": N_("caller"),
    "cluster": N_("cluster"),
    "file": N_("file"),
    "host": N_("host"),
    "identifier": N_("identifier"),
    "issued": N_("issued"),
    "key": N_("key"),
    "level": N_("level"),
    "location": N_("location"),
    "member": N_("member"),
    "metric": N_("metric"),
    "namespace": N_("namespace"),
    "nodes": N_("nodes"),
    "permission": N_("permission"),
    "policy": N_("policy"),
    "pool": N_("pool"),
    "port": N_("port"),
    "priority_class": N_("priority class"),
    "profile": N_("profile"),
    "project": N_("project"),
    "proxy": N_("proxy"),
    "quota": N_("quota"),
    "region": N_("region"),
    "resource": N_("resource"),
    "role": N_("role"),
    "runtime_class": N_("runtime class"),
    "service": N_("service"),
    "signed": N_("signed"),
    "status": N_("status"),
    "universe": N_("universe"),
    "variable": N_("variable"),
    "verb": N_("verb"),
    "version": N_("version"),
    "wanted": N_("wanted"),
    "webhook": N_("webhook"),
    "words": N_("words"),
}
"""The named groups of the patterns -> the labels of what they tell."""
_UNSEEN = "The doctor cannot detect this cause."
_SET_UP_ALL = "To set up these {count} workloads in the wizard: wif-wizard wizard {place} --workloads {keys}"
_WIDTH = 100
_LABEL = 11
"""Columns of a label before a sentence."""


def page(rule: Rule) -> Iterator[str]:
    """Yield the help page of a rule."""
    yield f"{rule.code}  {translated(rule.title)}"
    yield _("layer: {layer}; severity: {severity}").format(
        layer=translated(pages.TITLES[rule.layer]), severity=translated(rule.severity)
    )
    for paragraph in prose_of(rule.text).split("\n\n"):
        yield ""
        is_command = paragraph.startswith("    ")
        yield from paragraph.splitlines() if is_command else wrapped(" ".join(paragraph.split()), _WIDTH)
    if rule.unseen:
        yield ""
        yield _(_UNSEEN)
        yield from wrapped(translated(rule.unseen), _WIDTH)


def recognised(found: list[Recognised]) -> Iterator[str]:
    """Yield what an error text says, the cause first."""
    if not found:
        yield _(_NOT_RECOGNISED)
        return
    cause, *others = found
    yield f"{cause.rule.code}  {translated(cause.rule.title)}"
    yield _labelled(_("refused by"), translated(cause.message.side))
    yield _labelled(_("step"), cause.message.hop)
    yield _labelled(_("words"), cause.quoted)
    for name, value in cause.facts.items():
        yield _labelled(translated(_FACTS.get(name, name.replace("_", " "))), value)
    yield _labelled(_("fix"), cause.rule.fix)
    yield _labelled(_("look at"), translated(cause.rule.look_at))
    yield _labelled(_("next"), translated(cause.rule.ask))
    if others:
        yield _("The text also contains:")
        for each in others:
            yield f"  {each.rule.code}  {translated(each.rule.title)}"


def as_text(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield a diagnosis: the cause first, the other findings, and what is not known."""
    if diagnosis.assumed:
        yield _("Assumed:")
        yield from (f"  · {sentence}" for sentence in diagnosis.assumed)
    yield ""
    if diagnosis.cause:
        yield _("Cause: {code}  {cause}").format(code=diagnosis.cause.rule.code, cause=_title(diagnosis.cause))
        yield from _body(diagnosis.cause)
    elif diagnosis.unknown:
        yield _("The doctor found no errors, but could not check everything.")
    else:
        yield _("The doctor found no errors.")
    yield from _section(_("Also broken:"), [each for each in diagnosis.broken if each is not diagnosis.cause])
    yield from _section(_("Risks and notes:"), [each for each in diagnosis.findings if each.severity != "broken"])
    if diagnosis.unknown:
        yield ""
        yield _("Not checked:")
        yield from (f"  ? {sentence}" for sentence in diagnosis.unknown)
    if diagnosis.broken and diagnosis.ruled_out:
        yield ""
        yield _("{count} checks passed:").format(count=len(diagnosis.ruled_out))
        yield from (f"  ✓ {sentence}" for sentence in diagnosis.ruled_out)


def in_short(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield what is broken, with its fix, and what is not known."""
    for finding in diagnosis.broken:
        yield f"{_GLYPHS[finding.severity]} {finding.rule.code}  {_title(finding)}"
        yield _labelled(_("fix"), finding.fix)
    yield from (f"? {sentence}" for sentence in diagnosis.unknown)


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
        yield _labelled(_("evidence"), sentence)
    for sentence in finding.effects:
        yield _labelled(_("effect"), sentence)
    yield _labelled(_("fix"), finding.fix)


def _labelled(label: str, text: str) -> str:
    return f"{columns.right(label, _LABEL)}  {text}"


def inventory(found: Inventory) -> Iterator[str]:
    """Yield a table of the workloads of a cluster or of an account: how each reaches Google Cloud, and what is next."""
    yield found.about
    yield ""
    head = (_("workload"), _("identity"), _("today"), _("detail"), _("next step"))
    rows = [(row.workload, row.identity, row.way_text, row.detail, row.next_step) for row in found.rows]
    widths = [min(48, max(columns.cells(row[column]) for row in (head, *rows))) for column in range(len(head) - 1)]
    for row in (head, *rows):
        cells = [columns.left(cell, width) for cell, width in zip(row[:-1], widths, strict=True)]
        yield "  ".join([*cells, row[-1]])
    if not rows:
        yield _("The doctor found no workload.")
    keys = [row.key for row in found.rows if not row.uses_federation]
    if found.several and len(keys) > 1:
        yield ""
        yield _(_SET_UP_ALL).format(count=len(keys), place=found.place, keys=",".join(keys))
    if found.unknown:
        yield ""
        yield _("Not checked:")
        yield from (f"  ? {sentence}" for sentence in found.unknown)
