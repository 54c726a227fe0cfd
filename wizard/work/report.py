"""The doctor's report as a text to paste into a ticket: setup, chain, findings and versions, in Markdown or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from platform import python_version

from wizard import __version__
from wizard.chain.hop import Outcome
from wizard.export import document
from wizard.export.document import Part
from wizard.language import _, translated
from wizard.modes.opened import Opened
from wizard.outside.text import one_line
from wizard.work.diagnosing import Diagnosis
from wizard.work.findings import Finding
from wizard.work.starting import Started

_PACKAGES = ("google-auth", "google-cloud-iam", "boto3", "lightkube")
_STATUSES = {"ok": "passed", "failed": "failed", "not_proven": "not proven", "skipped": "skipped"}
_SEVERITIES = {"broken": "Broken", "risk": "Risk", "note": "Note"}
_TITLE = "wif-wizard doctor"
_HEALTHY = "The doctor found no errors."
_EMAIL = re.compile(r"[\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)\d{12}(?!\d)")


def markdown(started: Started, diagnosis: Diagnosis) -> str:
    """Return the report as Markdown."""
    return document.markdown(_TITLE, _parts(started, diagnosis))


def as_html(started: Started, diagnosis: Diagnosis) -> str:
    """Return the report as one HTML page without scripts, and without anything that is loaded from elsewhere."""
    return document.as_html(_TITLE, _parts(started, diagnosis))


def anonymised(text: str, started: Started) -> str:
    """Return a text in which emails, account and project numbers, and the projects of the setup are replaced.

    The same value has the same replacement everywhere, so that the text stays readable.
    """
    for number, email in enumerate(dict.fromkeys(_EMAIL.findall(text)), start=1):
        text = text.replace(email, f"email-{number}@redacted.example")
    for number, digits in enumerate(dict.fromkeys(_NUMBER.findall(text)), start=1):
        text = re.sub(rf"(?<!\d){digits}(?!\d)", f"{number:012}", text)
    for number, project in enumerate(_projects(started), start=1):
        text = re.sub(rf"(?<![\w-]){re.escape(project)}(?![\w-])", f"project-{number}", text)
    return text


def _projects(started: Started) -> list[str]:
    """Return the IDs of the projects that the setup names, the longest first."""
    if not isinstance(started.opened, Opened):
        return []
    setup = started.opened.setup.model_dump()
    named = [str(value) for key, value in setup["google"].items() if key in ("project", "pool_project") and value]
    granted = re.findall(r"projects/([a-z0-9:.-]+)", started.opened.text)
    return sorted(dict.fromkeys([*named, *granted]), key=len, reverse=True)


def _parts(started: Started, diagnosis: Diagnosis) -> Iterator[Part]:
    yield Part(_("Workload"), (diagnosis.about or started.given,))
    if not diagnosis.broken:
        yield Part(_("Result"), (_(_HEALTHY),))
    for finding in diagnosis.findings:
        yield Part(_finding_title(finding, is_cause=finding is diagnosis.cause), tuple(_finding_lines(finding)))
    for title, sentences in (
        (_("Not checked"), diagnosis.unknown),
        (_("Assumed"), diagnosis.assumed),
        (_("Checks that passed"), diagnosis.ruled_out),
    ):
        if sentences:
            yield Part(title, tuple(map(one_line, sentences)))
    for workload, outcomes in diagnosis.outcomes.items():
        yield Part(
            _("Live test {workload}").format(workload=workload).strip(),
            tuple(_outcome_line(outcome) for outcome in outcomes),
        )
    if isinstance(started.opened, Opened):
        yield Part(_("Setup"), tuple(map(one_line, started.opened.text.rstrip().splitlines())), is_code=True)
    yield Part(_("Versions"), tuple(_versions()))


def _finding_title(finding: Finding, *, is_cause: bool) -> str:
    kind = _("Cause") if is_cause else _(_SEVERITIES[finding.severity])
    workload = f"{finding.workload}: " if finding.workload else ""
    return one_line(f"{kind}: {finding.rule.code} {workload}{finding.cause}")


def _finding_lines(finding: Finding) -> Iterator[str]:
    yield from (one_line(_("evidence: {sentence}").format(sentence=sentence)) for sentence in finding.evidence)
    yield from (one_line(_("effect: {sentence}").format(sentence=sentence)) for sentence in finding.effects)
    yield one_line(_("fix: {fix}").format(fix=finding.fix))


def _outcome_line(outcome: Outcome) -> str:
    reason = f": {outcome.why}" if outcome.why else ""
    return one_line(f"{translated(outcome.hop.title)}: {_(_STATUSES[outcome.status])}{reason}")


def _versions() -> Iterable[str]:
    yield f"wif-wizard {__version__}"
    yield f"Python {python_version()}"
    for package in _PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            continue
