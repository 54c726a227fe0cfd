"""The doctor: compares a setup with the clouds, runs the live test if that needs no change, and names one cause."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import NoReturn

from wizard.chain.hop import Outcome, Progress
from wizard.clouds import missing_permissions
from wizard.clouds.errors import CloudError
from wizard.clouds.one_picture import OnePicture
from wizard.clouds.session import Clouds
from wizard.doctor import catalogue
from wizard.doctor.rule import Rule
from wizard.engine.journal import Journal
from wizard.engine.plan import SIDE_BY_SIDE, in_order, read_change
from wizard.engine.readers import Readers
from wizard.engine.resource import Change, Refused, Resource
from wizard.language import _, translated
from wizard.modes.configurations import InvalidConfiguration
from wizard.modes.opened import Consent, Listener, NearGrant, Observed, Opened, OpenedConfiguration, Outcomes
from wizard.resources.kind import Kind
from wizard.setup.problems import BadInput
from wizard.work import denied, findings, lost_grants, near_grants, planning
from wizard.work.findings import Finding
from wizard.work.starting import Started
from wizard.work.surroundings import NoWay

_MATCHES = "{kind} {label} matches the setup"
_UNREAD = "{kind} {label}: {reason}"
_NEEDS_CONSENT = (
    "The live test did not run: the test needs a temporary change, and the doctor changes nothing. To run the test: "
    "wif-wizard test"
)
_TEST_ENDED = "The live test could not run: {reason}"
_PASSED = "{step} passed in the live test"
_PASSED_FOR = "{workload}: {step} passed in the live test"


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


def of(started: Started, on_progress: Callable[[str], None], clouds: Clouds | None = None) -> Diagnosis:
    """Find out why what was opened gets no access. Reads only. Raises BadInput, CloudError and Refused.

    `clouds` are sessions whose reads others share.
    """
    if isinstance(started.opened, Opened):
        diagnosis = diagnose(started.opened, on_progress, started.half, clouds=clouds, near=started.near_grants)
    else:
        diagnosis = diagnose_configuration(started.opened, on_progress)
    return replace(diagnosis, assumed=started.assumed, unknown=(*started.unknown, *diagnosis.unknown))


def diagnose(
    opened: Opened,
    on_progress: Callable[[str], None],
    half: str | None = None,
    stop: threading.Event | None = None,
    clouds: Clouds | None = None,
    near: Iterable[NearGrant] = (),
) -> Diagnosis:
    """Find out why a workload of a setup, or of one half of it, gets no access. Reads only.

    `clouds` are sessions that read each fact once, which others share. `near` is what policies grant to wrong members.
    Raises BadInput, CloudError and Refused.
    """
    stop = stop or threading.Event()
    on_progress(_("Reading the resources of the setup"))
    clouds = clouds or OnePicture(opened.clouds)
    opened = replace(opened, clouds=clouds)
    changes, refused, unread = _read(opened, half, clouds)
    observed = opened.observed(clouds) if half is None else Observed()
    on_progress(_("Running the live test"))
    found = [
        *findings.of_changes(changes),
        *(findings.of_refusal(each.resource, each.reason, each.rule, each.fix) for each in refused),
    ]
    seen = [*findings.of_observations(observed.by_workload), *lost_grants.find(changes, Journal())]
    found = findings.with_broken(found, seen)
    try:
        outcomes, not_run = _tested(opened, place_of(opened), stop)
    except InvalidConfiguration as error:
        outcomes, not_run = {}, []
        found = findings.with_invalid_file(found, error.problems)
    granted_nearby = findings.of_observations({"": near_grants.observed(near, outcomes, clouds)})
    found = findings.with_outcomes(findings.with_broken(found, granted_nearby), outcomes)
    if not_run:
        found = findings.with_predicted(found, _predicted(opened))
    explained = denied.explained(opened, clouds, found, outcomes)
    risks = [finding for finding in (*seen, *granted_nearby) if finding.severity != "broken"]
    in_place = [change for change in changes if change.action == "none"]
    ruled_out = [
        _(_MATCHES).format(kind=translated(change.resource.kind), label=planning.label(change)) for change in in_place
    ]
    return Diagnosis(
        opened.title,
        findings.ordered([*explained.findings, *risks, *findings.of_endings(outcomes, changes)]),
        (*ruled_out, *_passed(outcomes), *explained.ruled_out),
        tuple(dict.fromkeys([*unread, *observed.unread, *not_run, *findings.not_shown(outcomes), *explained.unknown])),
        (),
        outcomes,
    )


def diagnose_configuration(
    opened: OpenedConfiguration, on_progress: Callable[[str], None], stop: threading.Event | None = None
) -> Diagnosis:
    """Find out why a credential configuration gives no access. Reads only. Raises BadInput, CloudError and Refused."""
    on_progress(_("Running the live test"))
    outcomes, not_run = _tested(opened, place_of(opened), stop or threading.Event())
    seen = findings.of_observations({"": opened.observed()})
    explained = denied.explained(opened, opened.clouds, findings.with_outcomes(seen, outcomes), outcomes)
    unknown = (*not_run, *findings.not_shown(outcomes), *explained.unknown)
    ruled_out = (*_passed(outcomes), *explained.ruled_out)
    found = findings.ordered([*explained.findings, *findings.of_endings(outcomes, ())])
    return Diagnosis("", found, ruled_out, unknown, (), outcomes)


def diagnosis_of_invalid(error: InvalidConfiguration) -> Diagnosis:
    """Return the diagnosis of a credential configuration that is not valid, so that nothing can be tested."""
    return Diagnosis("", tuple(findings.with_invalid_file([], error.problems)))


def diagnosis_of_no_way(error: NoWay) -> Diagnosis:
    """Return the diagnosis of an environment from which no cloud can be reached."""
    return Diagnosis("", (error.finding,), unknown=(error.unknown,))


# What is read


@dataclass(frozen=True)
class _Refusal:
    """A resource that no plan can bring to what the setup wants, and why."""

    resource: Resource
    reason: str
    rule: Rule | None = None
    """The rule about just this reason; None if there is none."""
    fix: str = ""
    """What to do, if that is known."""


@dataclass(frozen=True)
class _Unread:
    """A resource that could not be read, and why."""

    resource: Resource
    reason: str


def _read(opened: Opened, half: str | None, clouds: Clouds) -> tuple[list[Change], list[_Refusal], list[str]]:
    """Return the changes of the resources, those that no plan can make, and a sentence for each that is not known."""
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


def _read_one(resource: Resource, clouds: Clouds) -> Change | _Refusal | _Unread:
    try:
        change = read_change(resource, clouds)
    except CloudError as error:
        rule = catalogue.rule_of_refusal(resource.kind, error.reason)
        if rule:
            return _Refusal(resource, error.message, rule, error.hint)
        return _Unread(resource, missing_permissions.words(error))
    except Refused as error:
        return _Refusal(resource, error.message)
    return _Unread(resource, change.blind) if change.blind else change


def _unread(unread: _Unread) -> str:
    kind, label = translated(unread.resource.kind), _label(unread.resource)
    return _(_UNREAD).format(kind=kind, label=label, reason=unread.reason)


def _label(resource: Resource) -> str:
    return resource.label if isinstance(resource, Kind) else resource.name


def _tested(opened: Opened | OpenedConfiguration, place: str, stop: threading.Event) -> tuple[Outcomes, list[str]]:
    """Return the outcomes of the live test, as far as it came without a change, and why it did not run, if so.

    Raises InvalidConfiguration.
    """
    outcomes: Outcomes = {}

    def on_outcome(workload: str, outcome: Outcome) -> None:
        outcomes.setdefault(workload, []).append(outcome)

    try:
        opened.test(place, 0.0, Listener(on_outcome, _nothing, _decline), stop)
    except _NotAllowed:
        return outcomes, [_(_NEEDS_CONSENT)]
    except InvalidConfiguration:
        raise
    except Refused as error:
        return outcomes, [_(_TEST_ENDED).format(reason=error.message)]
    except BadInput as error:
        return outcomes, [_(_TEST_ENDED).format(reason=error)]
    return outcomes, []


def _predicted(opened: Opened) -> list[Outcome]:
    """Return the refusals that are computed; none if what they follow from cannot be read."""
    try:
        return [outcome for ended in opened.predicted().values() for outcome in ended]
    except (BadInput, Refused, CloudError):  # what could not be read is told by the plan and by the live test
        return []


def place_of(opened: Opened | OpenedConfiguration) -> str:
    """Return where the live test runs: in the workload if this is it, else here, which starts nothing."""
    return "inside" if opened.likely_place == "inside" else "here"


def _nothing(workload: str, progress: Progress) -> None:
    del workload, progress


def _decline(consent: Consent) -> NoReturn:
    raise _NotAllowed(str(consent))


def _passed(outcomes: Outcomes) -> tuple[str, ...]:
    return tuple(
        (_(_PASSED_FOR) if workload else _(_PASSED)).format(workload=workload, step=translated(outcome.hop.title))
        for workload, ended in outcomes.items()
        for outcome in ended
        if outcome.status == "ok" and not outcome.hop.predicts
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
