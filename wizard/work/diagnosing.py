"""The doctor: compares a setup with the clouds, runs the live test if that needs no change, and names one cause."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, NoReturn, get_args

from wizard.chain.hop import Outcome, Progress
from wizard.clouds.errors import CloudError
from wizard.clouds.reading import ReadingClouds
from wizard.doctor import catalogue, layers
from wizard.doctor.rule import Layer, Rule, Severity
from wizard.engine.plan import SIDE_BY_SIDE, in_order, read_change
from wizard.engine.readers import Readers
from wizard.engine.resource import Change, Refused, Resource
from wizard.modes.opened import Consent, Listener, Opened, OpenedConfiguration, Outcomes
from wizard.resources.kind import Kind
from wizard.setup.problems import BadInput
from wizard.work import planning
from wizard.work.starting import Started

FixKind = Literal["plan", "command", "sentence"]
"""plan: resources that the wizard changes after a review; command: one to run; sentence: what someone must do."""

_DIFFERS = "{kind} {label}: {key} is {before}; the setup wants {after}"
_IS_MISSING = "{kind} {label} does not exist"
_IS_DELETED = "{kind} {label} is deleted; it can still be undeleted"
_UNREAD = "{kind} {label}: {reason}"
_APPLY = "apply the plan: {changes}"
_NEEDS_CONSENT = (
    "The live test did not run, because it needs a temporary change, and the doctor changes nothing. To run it: "
    "wif-wizard test"
)
_TEST_ENDED = "The live test could not run: {reason}"
_REFUSED_AT = "the live test is refused at the step {step}: {reason}"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, with its evidence and its fix."""

    rule: Rule
    layer: Layer
    severity: Severity
    workload: str
    """The title of the workload; empty if the setup has one workload."""
    cause: str
    evidence: tuple[str, ...]
    fix: str
    fix_kind: FixKind
    effects: tuple[str, ...] = ()
    """What is wrong only because of this, one sentence each."""
    changes: tuple[Change, ...] = ()
    """The changes that fix it, if the wizard can make them."""


@dataclass(frozen=True)
class Diagnosis:
    """What the doctor found about one setup or one credential configuration."""

    about: str
    findings: tuple[Finding, ...] = ()
    """The cause first: broken things in the order of the chain, then risks, then notes."""
    ruled_out: tuple[str, ...] = ()
    """What was checked and is right, one sentence each."""
    unknown: tuple[str, ...] = ()
    """What could not be checked, one sentence each."""
    assumed: tuple[str, ...] = ()
    """What the doctor took for granted, one sentence each."""
    outcomes: Outcomes = field(default_factory=dict)

    @property
    def cause(self) -> Finding | None:
        """The first broken thing; None if nothing is known to be broken."""
        return next((finding for finding in self.findings if finding.severity == "broken"), None)

    @property
    def broken(self) -> tuple[Finding, ...]:
        """Everything that is broken, in the order of the chain."""
        return tuple(finding for finding in self.findings if finding.severity == "broken")


class _NotAllowed(Exception):  # noqa: N818 (the test asked for a change)
    """The live test asked for a temporary change."""


def of(started: Started, on_progress: Callable[[str], None]) -> Diagnosis:
    """Find out why what was opened gets no access. Reads only. Raises BadInput, CloudError and Refused."""
    if isinstance(started.opened, Opened):
        diagnosis = diagnose(started.opened, on_progress, started.half)
    else:
        diagnosis = diagnose_configuration(started.opened, on_progress)
    return replace(diagnosis, assumed=started.assumed, unknown=(*started.unknown, *diagnosis.unknown))


def diagnose(
    opened: Opened,
    on_progress: Callable[[str], None],
    half: str | None = None,
    stop: threading.Event | None = None,
) -> Diagnosis:
    """Find out why a workload of a setup, or of one half of it, gets no access. Reads only.

    Raises BadInput, CloudError and Refused.
    """
    stop = stop or threading.Event()
    on_progress("Reading the resources of the setup")
    changes, refused, unread = _read(opened, half)
    on_progress("Running the live test")
    outcomes, not_run = _tested(opened, place_of(opened), stop)
    findings = [*_of_changes(changes), *map(_of_refusal, refused)]
    findings = _with_outcomes(findings, outcomes)
    in_place = [change for change in changes if change.action == "none"]
    ruled_out = [f"{change.resource.kind} {planning.label(change)} is as the setup wants it" for change in in_place]
    return Diagnosis(
        opened.title, _ordered(findings), (*ruled_out, *_passed(outcomes)), (*unread, *not_run), (), outcomes
    )


def diagnose_configuration(
    opened: OpenedConfiguration, on_progress: Callable[[str], None], stop: threading.Event | None = None
) -> Diagnosis:
    """Find out why a credential configuration gives no access. Reads only. Raises BadInput, CloudError and Refused."""
    on_progress("Running the live test")
    outcomes, not_run = _tested(opened, place_of(opened), stop or threading.Event())
    return Diagnosis("", _ordered(_with_outcomes([], outcomes)), _passed(outcomes), tuple(not_run), (), outcomes)


# What is read


@dataclass(frozen=True)
class _Refusal:
    """A resource that no plan can bring to what the setup wants, and why."""

    resource: Resource
    reason: str


@dataclass(frozen=True)
class _Unread:
    """A resource that could not be read, and why."""

    resource: Resource
    reason: str


def _read(opened: Opened, half: str | None) -> tuple[list[Change], list[_Refusal], list[str]]:
    """Return the changes of the resources, those that no plan can make, and a sentence for each that is not known."""
    clouds = ReadingClouds(opened.clouds)
    ordered = in_order(opened.resources(half))
    for resource in ordered:
        resource.announce(clouds)
    with Readers(max_workers=SIDE_BY_SIDE) as readers:
        read = list(readers.map(lambda resource: _read_one(resource, clouds), ordered))
    return (
        [each for each in read if isinstance(each, Change)],
        [each for each in read if isinstance(each, _Refusal)],
        [_unread(each) for each in read if isinstance(each, _Unread)],
    )


def _read_one(resource: Resource, clouds: ReadingClouds) -> Change | _Refusal | _Unread:
    try:
        change = read_change(resource, clouds)
    except CloudError as error:
        return _Unread(resource, error.message)
    except Refused as error:
        return _Refusal(resource, error.message)
    return _Unread(resource, change.blind) if change.blind else change


def _unread(unread: _Unread) -> str:
    return _UNREAD.format(kind=unread.resource.kind, label=_label(unread.resource), reason=unread.reason)


def _label(resource: Resource) -> str:
    return resource.label if isinstance(resource, Kind) else resource.name


def _tested(opened: Opened | OpenedConfiguration, place: str, stop: threading.Event) -> tuple[Outcomes, list[str]]:
    """Return the outcomes of the live test, as far as it came without a change, and why it did not run, if so."""
    outcomes: Outcomes = {}

    def on_outcome(workload: str, outcome: Outcome) -> None:
        outcomes.setdefault(workload, []).append(outcome)

    try:
        opened.test(place, 0.0, Listener(on_outcome, _nothing, _decline), stop)
    except _NotAllowed:
        return outcomes, [_NEEDS_CONSENT]
    except (Refused, BadInput) as error:
        return outcomes, [_TEST_ENDED.format(reason=error)]
    return outcomes, []


def place_of(opened: Opened | OpenedConfiguration) -> str:
    """Return where the live test runs: in the workload if this is it, else here, which starts nothing."""
    return "inside" if opened.likely_place == "inside" else "here"


def _nothing(workload: str, progress: Progress) -> None:
    del workload, progress


def _decline(consent: Consent) -> NoReturn:
    raise _NotAllowed(str(consent))


def _passed(outcomes: Outcomes) -> tuple[str, ...]:
    return tuple(
        f"{_of(workload)}{outcome.hop.title} passed in the live test"
        for workload, ended in outcomes.items()
        for outcome in ended
        if outcome.status == "ok" and not outcome.hop.predicts
    )


def _of(workload: str) -> str:
    return f"{workload}: " if workload else ""


# What is wrong


def _of_changes(changes: Iterable[Change]) -> list[Finding]:
    """Return a finding for each pending change that is not only the effect of another one."""
    pending = {change.resource: change for change in changes if change.action != "none"}
    effects: dict[Resource, list[Change]] = {}
    for resource in pending:
        cause = _cause_of(resource, pending)
        if cause != resource:
            effects.setdefault(cause, []).append(pending[resource])
    followers = {change.resource for following in effects.values() for change in following}
    return [
        _finding(change, effects.get(resource, [])) for resource, change in pending.items() if resource not in followers
    ]


def _cause_of(resource: Resource, pending: dict[Resource, Change]) -> Resource:
    """Return the missing resource because of which this one is missing too; itself if there is none."""
    for need in resource.needs:
        first = _cause_of(need, pending)
        if first in pending and _is_missing(pending[first]):
            return first
    return resource


def _is_missing(change: Change) -> bool:
    return change.action in ("create", "undelete") and _severity(change) == "broken"


def _severity(change: Change) -> Severity:
    """Return how severe a pending change is."""
    return _rule(change).severity


def _rule(change: Change) -> Rule:
    fields = change.fields if change.action == "update" else ()
    found = catalogue.rule_of_change(change.resource.kind, fields, change.action)
    return found or catalogue.all_rules()["WIF0001"]


def _finding(change: Change, effects: list[Change]) -> Finding:
    rule = _rule(change)
    evidence = tuple(_evidence(change))
    names = ", ".join(f"{each.resource.kind} {planning.label(each)}" for each in (change, *effects))
    return Finding(
        rule,
        layers.of_kind(change.resource.kind),
        rule.severity,
        "",
        rule.title,
        evidence,
        _APPLY.format(changes=names),
        "plan",
        tuple(sentence for each in effects for sentence in _evidence(each)),
        (change, *effects),
    )


def _of_refusal(refused: _Refusal) -> Finding:
    kind = refused.resource.kind
    rule = catalogue.rule_of_change(kind, (), "refused") or catalogue.all_rules()["WIF0004"]
    return Finding(rule, layers.of_kind(kind), "broken", "", rule.title, (refused.reason,), rule.fix, "sentence")


def _evidence(change: Change) -> list[str]:
    kind, label = change.resource.kind, planning.label(change)
    if change.action == "create":
        return [_IS_MISSING.format(kind=kind, label=label)]
    if change.action == "undelete":
        return [_IS_DELETED.format(kind=kind, label=label)]
    return [
        _DIFFERS.format(
            kind=kind,
            label=label,
            key=planning.key_label(change, each.key),
            before=_shown(each.before),
            after=_shown(each.after),
        )
        for each in change.fields
    ]


def _shown(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "empty"
    return str(value)


def _with_outcomes(findings: list[Finding], outcomes: Outcomes) -> list[Finding]:
    """Add what the live test refused: as evidence of a finding that explains it, else as a finding of its own."""
    for workload, ended in outcomes.items():
        failed = next((each for each in ended if each.status == "failed" and not each.hop.predicts), None)
        if failed is None:
            continue
        layer = layers.of_hop(failed.hop.id)
        seen = _REFUSED_AT.format(step=failed.hop.title, reason=failed.reason)
        explaining = [each for each in findings if each.severity == "broken" and _explains(each, failed, layer)]
        if explaining:
            first = _ordered(explaining)[0]
            place = findings.index(first)
            findings[place] = _with_evidence(first, f"{_of(workload)}{seen}")
        else:
            findings.append(_of_outcome(workload, failed, layer))
    return findings


def _explains(finding: Finding, failed: Outcome, layer: Layer) -> bool:
    """Return whether a broken thing is at the refused step, or before it along the chain."""
    if finding.rule.code == failed.code:
        return True
    return catalogue.LAYERS.index(finding.layer) <= catalogue.LAYERS.index(layer)


def _with_evidence(finding: Finding, sentence: str) -> Finding:
    return replace(finding, evidence=(*finding.evidence, sentence))


def _of_outcome(workload: str, failed: Outcome, layer: Layer) -> Finding:
    rule = catalogue.rule(failed.code) or catalogue.all_rules()["WIF0002"]
    fix = failed.fix or rule.fix
    quoted = (f"{failed.refusal.code}: {failed.refusal.message}",) if failed.refusal else ()
    return Finding(
        rule,
        layer,
        "broken",
        workload,
        failed.reason or rule.title,
        (*failed.evidence, *quoted),
        fix,
        "command" if _is_command(fix) else "sentence",
    )


def _is_command(fix: str) -> bool:
    command = fix.rpartition(": ")[2].split(" ", 1)[0]
    return command in ("gcloud", "aws", "kubectl", "wif-wizard")


_SEVERITIES: tuple[Severity, ...] = get_args(Severity)


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings with the cause first."""
    return tuple(
        sorted(findings, key=lambda each: (_SEVERITIES.index(each.severity), catalogue.LAYERS.index(each.layer)))
    )


# The fix


def review_of_fix(opened: Opened, findings: Iterable[Finding], *, override_owner: bool = False) -> planning.Review:
    """Return the review of a plan that fixes these findings, and nothing else. Raises what `planning.review` raises."""
    wanted = {change.resource for finding in findings for change in finding.changes}
    review = planning.review(opened, override_owner=override_owner)
    others = [change for change in review.plan.changes if change.resource not in wanted]
    left = tuple(each for each in review.left if each.change.resource in wanted)
    waiting = tuple(each for each in review.waiting if each.change.resource in wanted)
    return replace(review, plan=review.plan.without(others), left=left, waiting=waiting)
