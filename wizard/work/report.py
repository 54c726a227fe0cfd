"""The doctor's report as a text to paste into a ticket: setup, chain, findings and versions, in Markdown or HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from platform import python_version

from wizard import __version__
from wizard.chain.hop import Outcome
from wizard.modes.opened import Opened
from wizard.outside.text import one_line
from wizard.work.diagnosing import Diagnosis
from wizard.work.findings import Finding
from wizard.work.starting import Started

_PACKAGES = ("google-auth", "google-cloud-iam", "boto3", "lightkube")
_STATUSES = {"ok": "passed", "failed": "failed", "not_proven": "not proven", "skipped": "skipped"}
_SEVERITIES = {"broken": "Broken", "risk": "Risk", "note": "Note"}
_HEALTHY = "The doctor found nothing that is broken."
_EMAIL = re.compile(r"[\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)\d{12}(?!\d)")


@dataclass(frozen=True)
class _Part:
    """A part of the report: a title, and paragraphs, list items or lines of code."""

    title: str
    lines: tuple[str, ...]
    is_code: bool = False


def markdown(started: Started, diagnosis: Diagnosis) -> str:
    """Return the report as Markdown."""
    text = ["# wif-wizard doctor", ""]
    for part in _parts(started, diagnosis):
        text += [f"## {_escaped(part.title)}", ""]
        if part.is_code:
            text += ["```yaml", *part.lines, "```", ""]
        else:
            text += [*(f"- {_escaped(line)}" for line in part.lines), ""]
    return "\n".join(text)


def as_html(started: Started, diagnosis: Diagnosis) -> str:
    """Return the report as one HTML page without scripts, and without anything that is loaded from elsewhere."""
    body = "\n".join(_html(part) for part in _parts(started, diagnosis))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>wif-wizard doctor</title>\n'
        "<style>body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "pre{background:#f4f4f4;padding:1rem;overflow-x:auto}li{overflow-wrap:anywhere}</style>\n</head>\n<body>\n"
        f"<h1>wif-wizard doctor</h1>\n{body}\n</body>\n</html>\n"
    )


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


def _parts(started: Started, diagnosis: Diagnosis) -> Iterator[_Part]:
    yield _Part("Workload", (diagnosis.about or started.given,))
    if not diagnosis.broken:
        yield _Part("Result", (_HEALTHY,))
    for finding in diagnosis.findings:
        yield _Part(_finding_title(finding, is_cause=finding is diagnosis.cause), tuple(_finding_lines(finding)))
    for title, sentences in (
        ("Not checked", diagnosis.unknown),
        ("Assumed", diagnosis.assumed),
        ("Checks that found no fault", diagnosis.ruled_out),
    ):
        if sentences:
            yield _Part(title, tuple(map(one_line, sentences)))
    for workload, outcomes in diagnosis.outcomes.items():
        yield _Part(f"Live test {workload}".strip(), tuple(_outcome_line(outcome) for outcome in outcomes))
    if isinstance(started.opened, Opened):
        yield _Part("Setup", tuple(map(one_line, started.opened.text.rstrip().splitlines())), is_code=True)
    yield _Part("Versions", tuple(_versions()))


def _finding_title(finding: Finding, *, is_cause: bool) -> str:
    kind = "Cause" if is_cause else _SEVERITIES[finding.severity]
    workload = f"{finding.workload}: " if finding.workload else ""
    return one_line(f"{kind}: {finding.rule.code} {workload}{finding.cause}")


def _finding_lines(finding: Finding) -> Iterator[str]:
    yield from (one_line(f"evidence: {sentence}") for sentence in finding.evidence)
    yield from (one_line(f"effect: {sentence}") for sentence in finding.effects)
    yield one_line(f"fix: {finding.fix}")


def _outcome_line(outcome: Outcome) -> str:
    reason = f": {outcome.reason}" if outcome.reason else ""
    return one_line(f"{outcome.hop.title}: {_STATUSES[outcome.status]}{reason}")


def _versions() -> Iterable[str]:
    yield f"wif-wizard {__version__}"
    yield f"Python {python_version()}"
    for package in _PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            continue


def _escaped(text: str) -> str:
    """Return a text in which Markdown and HTML have no meaning."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", text)


def _html(part: _Part) -> str:
    title = f"<h2>{html.escape(part.title)}</h2>"
    if part.is_code:
        return f"{title}\n<pre>{html.escape(chr(10).join(part.lines))}</pre>"
    items = "\n".join(f"<li>{html.escape(line)}</li>" for line in part.lines)
    return f"{title}\n<ul>\n{items}\n</ul>"
