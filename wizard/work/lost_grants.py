"""Grants that the wizard made, and that a policy no longer has: a trace of something that replaces whole bindings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wizard.doctor import catalogue
from wizard.engine.journal import Journal, JournalError, Write
from wizard.engine.resource import Change
from wizard.language import _
from wizard.work import planning
from wizard.work.findings import Finding

_CODE = "WIF1008"
_CAUSE = "another user or tool removed grants that the wizard made"
_LOST = "the wizard granted {role} to {member} on {on} (run {run}), but the policy no longer has the grant"
_KINDS = ("roles on the project", "roles on the service account", "roles on the resource")
_RUNS_LOOKED_AT = 20


def find(changes: Iterable[Change], journal: Journal) -> list[Finding]:
    """Return a finding if the newest write to a policy made a grant that is missing now."""
    pending = [change for change in changes if change.resource.kind in _KINDS and change.action == "update"]
    writes = _newest(journal) if pending else {}
    evidence = [told for change in pending for told in _lost(change, writes.get(change.resource.identity))]
    if not evidence:
        return []
    rule = catalogue.all_rules()[_CODE]
    return [Finding(rule, rule.layer, rule.severity, "", _(_CAUSE), tuple(evidence), rule.fix, "sentence")]


def _newest(journal: Journal) -> dict[tuple[str, str], Write]:
    """Return the newest accepted write to each resource, by its identity; none if that reverted a run."""
    found: dict[tuple[str, str], Write | None] = {}
    try:
        runs = journal.runs()[:_RUNS_LOOKED_AT]
        for run in runs:
            for write in reversed(journal.writes(run.id)):
                if write.outcome == "done":
                    found.setdefault((write.kind, write.name), None if run.details.reverts else write)
    except JournalError:  # it only tells where a grant went
        return {}
    return {identity: write for identity, write in found.items() if write}


def _lost(change: Change, write: Write | None) -> Iterator[str]:
    if write is None:
        return
    for field in change.fields:
        wanted, made = _members(field.after), _members(write.after.get(field.key))
        had, there = _members((write.before or {}).get(field.key)), _members(field.before)
        for member in wanted:
            is_gone = member in made and member not in had and member not in there
            if is_gone and not _is_stale(member, field.key, change):
                yield _(_LOST).format(role=field.key, member=member, on=planning.label(change), run=write.run)


def _is_stale(member: str, role: str, change: Change) -> bool:
    """Return whether the policy still has the grant, but of an account that was deleted: deleted:MEMBER?uid=ID."""
    return any(f"deleted:{member}?uid=" in note and role in note for note in planning.notes(change))


def _members(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
