"""Plans and applies the revert of runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wizard.clouds.reading import ReadingClouds
from wizard.engine.apply import Result
from wizard.engine.events import Event
from wizard.engine.journal import Details, Journal, Run, Write
from wizard.engine.plan import in_order
from wizard.engine.resource import Change, Resource, State, is_deleted, owned
from wizard.engine.revert import LeftInPlace, plan_revert
from wizard.language import _
from wizard.modes.opened import Opened
from wizard.resources.services import EnabledServices
from wizard.setup.problems import BadInput
from wizard.work import applying, beside, runs
from wizard.work.handing_over import Handover
from wizard.work.opening import open_setup
from wizard.work.planning import Review

_IS_REVERT = (
    "Run {run} reverted run {reverted}. To make the changes of run {reverted} again: wif-wizard resume {reverted}"
)
_NOT_IN_JOURNAL = "The journal has no record that this setup created the resource."
_NO_LONGER = "The journal {path} does not have these runs: {runs}."


@dataclass(frozen=True)
class Revert:
    """A revert to review: the opened setup, the runs, and the plan."""

    opened: Opened
    runs: tuple[Run, ...]
    review: Review
    left: tuple[LeftInPlace, ...]
    notes: tuple[tuple[Resource, str], ...]
    services: bool = False
    resumes: tuple[str, ...] = ()
    """The unfinished reverts that this one completes."""

    @property
    def is_incomplete(self) -> bool:
        """Whether something is left because the clouds did not tell what the wizard must know first."""
        return any(item.is_unknown for item in self.left)


def review(name: str | None, *, services: bool = False, environ: Mapping[str, str] | None = None) -> Revert:
    """Plan the revert of one run: the one with this ID, or the newest one. Reads only.

    The runs that it resumes and that resume it are reverted with it: they did parts of the same plan.
    `services` also disables the services that the run enabled. Raises BadInput, CloudError and JournalError.
    """
    chosen = runs.find_to_revert(name)
    run = chosen.run
    if run.details.reverts:
        reverted = ", ".join(run.details.reverts)
        raise BadInput(_(_IS_REVERT).format(run=run.id, reverted=reverted))
    parts = runs.parts_of(run)
    for part in parts:
        runs.refuse_running(part)
    opened = runs.open_run(run, environ)
    beside.refuse(Journal().runs(), opened.title, Details(reverts=tuple(part.id for part in parts)))
    return _review(opened, parts, services)


def review_runs(names: Iterable[str], *, services: bool = False, environ: Mapping[str, str] | None = None) -> Revert:
    """Plan the revert of these runs once more, of which a part can be reverted. Raises what `review` raises."""
    wanted = set(names)
    found = [each.run for each in reversed(runs.recorded()) if each.run.id in wanted]
    if not found:
        raise BadInput(_(_NO_LONGER).format(path=runs.journal_path(), runs=", ".join(sorted(wanted))))
    return _review(runs.open_run(found[-1], environ), found, services)


def review_all(file: str, *, services: bool = False, ours: Callable[[Resource], bool] = lambda _: False) -> Revert:
    """Plan the revert of every run of a setup. Reads only. Raises BadInput, SetupError, CloudError and JournalError.

    `ours` is asked about each resource of the setup that exists and that the journal does not know: whether the setup
    created it, for example from another machine.
    """
    opened = open_setup(file)
    found = [each.run for each in runs.recorded() if _is_of(each.run, opened, Path(file))]
    for run in found:
        runs.refuse_running(run)
    applied = [run for run in reversed(found) if not run.details.reverts]
    beside.refuse(Journal().runs(), opened.title, Details(reverts=tuple(run.id for run in applied)))
    return _review(opened, applied, services, ours)


def apply(
    revert: Revert,
    on_event: Callable[[Event], None],
    stop: threading.Event | None = None,
    *,
    accept_loss: bool = False,
    on_interrupt: Callable[[], object] = lambda: None,
) -> Result:
    """Apply the revert. Raises what `applying.apply` raises.

    The journal records the run as failed if something was left because it could not be read, so that it is resumed.
    """
    result = applying.apply(
        revert.opened,
        revert.review,
        on_event,
        stop,
        accept_loss=accept_loss,
        on_interrupt=on_interrupt,
        details=applying.details_of(
            reverts=tuple(run.id for run in revert.runs),
            services=revert.services,
            resumes=revert.resumes,
            folder=revert.runs[-1].details.folder if revert.runs else "",
            file=revert.runs[-1].details.file if revert.runs else "",
        ),
    )
    if result.run is not None and result.ok and revert.is_incomplete:
        Journal().end(result.run, "failed")
    return result


def _review(
    opened: Opened,
    reverted: Sequence[Run],
    services: bool,
    ours: Callable[[Resource], bool] | None = None,
) -> Revert:
    """Plan the revert of these runs; with `ours`, also of what the journal does not know."""
    journal = Journal()
    ids = {run.id for run in reverted}
    everything = list(reversed(journal.runs()))  # the oldest first
    writes, later = _sorted(journal, everything, ids)
    resources = in_order(opened.resources())
    clouds = ReadingClouds(opened.clouds)
    left: list[LeftInPlace] = []
    if ours is not None:
        known = {(write.kind, write.name) for write in writes}
        for resource, state in _unknown(resources, known, clouds):
            if ours(resource):
                writes.append(_as_created(resource, state))
            else:
                left.append(LeftInPlace(resource.kind, resource.name, _(_NOT_IN_JOURNAL), resource))
    planned = plan_revert(
        resources,
        writes,
        later,
        clouds,
        unless=lambda resource: services and isinstance(resource, EnabledServices),
    )
    reviewed = Review(planned.plan, [], Handover())
    return Revert(opened, tuple(reverted), reviewed, (*left, *planned.left), planned.notes, services)


def _unknown(
    resources: Sequence[Resource], known: set[tuple[str, str]], clouds: ReadingClouds
) -> Iterator[tuple[Resource, State]]:
    """Yield what exists of a setup, can be deleted, and is not in the journal, with what is there of it."""
    for resource in resources:
        can_go = type(resource).delete is not Resource.delete or resource.shared
        if not can_go or resource.stays() or resource.identity in known:
            continue
        wanted = Change(resource, {} if resource.shared else None, resource.parts(resource.desired()))
        state = resource.written(clouds, wanted)
        if state and not is_deleted(state):
            there = owned(state, resource.desired()) or {}
            yield resource, there


def _as_created(resource: Resource, state: State) -> Write:
    """Return the write by which a setup would have created what is there."""
    before: State | None = {} if resource.shared else None
    action = "update" if resource.shared else "create"
    return Write("", 0, resource.kind, resource.name, action, before, state, "", None, "done", None, None)


def _sorted(journal: Journal, everything: Iterable[Run], ids: set[str]) -> tuple[list[Write], list[Write]]:
    """Return the writes of the runs, with those of their reverts, and the later writes of other runs.

    A write of a revert counts only if it is done: what a killed one wrote is found by reading it.
    """
    writes: list[Write] = []
    later: list[Write] = []
    for run in everything:
        if run.id in ids:
            writes += journal.writes(run.id)
        elif ids & set(run.details.reverts):
            writes += [write for write in journal.writes(run.id) if write.outcome == "done"]
        elif writes:
            later += journal.writes(run.id)
    return writes, later


def _is_of(run: Run, opened: Opened, file: Path) -> bool:
    """Return whether a run is of this setup: of the same file, or of the same workload."""
    return runs.is_of_file(run, file) or run.title == opened.title
