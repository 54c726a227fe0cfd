"""The report of a setup, for reviewers and auditors: who gets what, what was changed and tested, what to review."""

from __future__ import annotations

from collections.abc import Iterator

from wizard import __version__
from wizard.engine.journal import Run, Write
from wizard.engine.resource import Resource
from wizard.export import document
from wizard.export.document import Part
from wizard.export.source import Source, TestResult
from wizard.language import N_
from wizard.modes.opened import ExportedFile
from wizard.outside.text import one_line
from wizard.resources.grants import Grants
from wizard.resources.kind import Kind

MARKDOWN, PAGE = "report.md", "report.html"

_TITLE = "Access to Google Cloud without keys: {title}"
_WHY = (
    "The report says who gets which access, what wif-wizard changed, how the last live test ended, and what to review "
    "at the next audit. The report has no secret."
)
_STATUSES = {"ok": "passed", "failed": "failed", "not_proven": "not proven", "skipped": "skipped"}
_GRANT = "{member} gets {role} on {on}."
_RESOURCE = "{kind} {label}"
_NO_RUN = (
    "The journal of this machine has no run of this setup file. Someone else, or another tool, may have applied the "
    "setup."
)
_RUN = (
    "Run {id}: {outcome}. Time: {started} to {ended} (UTC). User: {by}. Identities: {identities}. The run made {count} "
    "changes."
)
_WRITE = "Run {id}: {action} {kind} {name}: {outcome}."
_NO_PLAN = "There is no plan, because the wizard could not read the resources: {reason}"
_NOT_TESTED = (
    "Not tested: this machine has no record of a live test of exactly this setup. To test: wif-wizard test {file} "
    "--strict"
)
_TEST = "Live test at {time} (place: {place}): {verdict}."
_STEP = "{title}: {status}"
_STEP_OF = "{workload}: {title}: {status}"
_AUDIT = (
    "Does each workload still need each role? The section Access lists the roles. If no workload needs a role, remove "
    "the role from the setup and from the policy.",
    "Does every grant name only one role or one Kubernetes service account, not all identities of a pool (/*)? "
    "wif-wizard doctor {file} names broader grants.",
    "Did you disable or delete the keys of the service accounts that the workloads used before? wif-wizard test {file} "
    "names keys that are still enabled.",
    "Do the resources still match the setup? wif-wizard plan {file} exits with code 0 if nothing has changed.",
    "Does the access still work, and is everything proven? wif-wizard test {file} --strict exits with code 0.",
    "Who can change the provider, the policies and the trust policy? Review the roles that contain "
    "iam.workloadIdentityPoolProviders.update, resourcemanager.projects.setIamPolicy and "
    "iam:UpdateAssumeRolePolicy.",
)


def files(source: Source) -> list[ExportedFile]:
    """Return the report as Markdown and as HTML. The same setup, journal and test give the same report."""
    title, parts = _TITLE.format(title=one_line(source.unread.title)), list(_parts(source))
    return [
        ExportedFile(MARKDOWN, N_("Report"), _WHY, "markdown", document.markdown(title, parts)),
        ExportedFile(PAGE, N_("Report as an HTML page"), _WHY, "html", document.as_html(title, parts)),
    ]


def _parts(source: Source) -> Iterator[Part]:
    resources = source.opened.resources()
    yield Part("Access", tuple(map(one_line, _access(resources))))
    yield Part("Resources of the setup", tuple(_resource(resource) for resource in resources))
    yield Part("Plan", tuple(map(one_line, _plan(source))))
    yield Part("Changes", tuple(map(one_line, _runs(source))))
    yield Part("Live test", tuple(map(one_line, _test(source))))
    yield Part("To review at the next audit", tuple(line.format(file=one_line(source.file)) for line in _AUDIT))
    if source.opened.notes:
        yield Part("Limits", tuple(map(one_line, source.opened.notes)))
    yield Part("Setup", tuple(map(one_line, source.opened.text.rstrip().splitlines())), is_code=True)
    yield Part("Versions", (f"wif-wizard {__version__}",))


def _access(resources: list[Resource]) -> Iterator[str]:
    for resource in resources:
        if not isinstance(resource, Grants):
            continue
        place = f"the {resource.kind.removeprefix('roles on the ')} {resource.label}"
        for role, members in resource.grants.items():
            yield from (_GRANT.format(member=member, role=role, on=place) for member in members)


def _resource(resource: Resource) -> str:
    label = resource.label if isinstance(resource, Kind) else resource.name
    return one_line(_RESOURCE.format(kind=resource.kind, label=label))


def _plan(source: Source) -> Iterator[str]:
    planned = source.planned
    if planned.unread:
        yield _NO_PLAN.format(reason=planned.unread)
    yield from planned.lines


def _runs(source: Source) -> Iterator[str]:
    if not source.history.runs:
        yield _NO_RUN
    for run, writes in source.history.runs:
        yield _run(run, len(writes))
        yield from (_write(write) for write in writes)


def _run(run: Run, count: int) -> str:
    return _RUN.format(
        id=run.id,
        outcome=run.outcome,
        started=_moment(run.started),
        ended=_moment(run.ended or "") or "not ended",
        by=run.details.by or "unknown",
        identities=", ".join(run.details.identities) or "unknown",
        count=count,
    )


def _write(write: Write) -> str:
    return _WRITE.format(id=write.run, action=write.action, kind=write.kind, name=write.name, outcome=write.outcome)


def _test(source: Source) -> Iterator[str]:
    result = source.test
    if result is None:
        yield _NOT_TESTED.format(file=source.file)
        return
    verdict = "passed" if result.passed else "failed"
    yield _TEST.format(time=_moment(result.time), place=result.place, verdict=verdict)
    yield from _steps(result)
    yield from (f"Not proven: {sentence}" for sentence in result.not_proven)


def _steps(result: TestResult) -> Iterator[str]:
    for step in result.steps:
        template = _STEP_OF if step.workload else _STEP
        line = template.format(workload=step.workload, title=step.title, status=_STATUSES.get(step.status, step.status))
        yield f"{line} ({step.reason})" if step.reason else line


def _moment(time: str) -> str:
    """Return an ISO time in UTC to the second."""
    return time[:19].replace("T", " ")
