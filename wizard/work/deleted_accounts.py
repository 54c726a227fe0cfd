"""What deleted service accounts explain: an account that is missing, and grants that a recreated one does not have.

A policy keeps the grants of a deleted account as deleted:serviceAccount:EMAIL?uid=ID, which the notes of a plan quote.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.doctor import catalogue
from wizard.engine.resource import Change
from wizard.language import _, translated
from wizard.work import planning

if TYPE_CHECKING:
    from wizard.work.findings import Finding

    Finder = Callable[[Change, list[Change]], Finding]
    """Makes a finding of a change and its effects."""

RECREATED = "WIF0418"
_DELETED = (
    "someone deleted the service account: a policy still has grants to the member "
    "deleted:serviceAccount:{email}?uid={id}"
)
_UNDELETE = (
    "{fix}. For 30 days after the deletion, you can instead restore the account with all of its grants and keys: "
    "gcloud iam service-accounts undelete {id}"
)


def explained(found: list[Finding], finding_of: Finder) -> list[Finding]:
    """Return the findings, of which those about deleted service accounts say so."""
    return [_with_deleted(finding) for finding in _with_recreated(found, finding_of)]


def _with_deleted(finding: Finding) -> Finding:
    """Say that a missing service account can be restored, if a policy still has the grants of the deleted one."""
    missing = finding.changes[0]
    if missing.action != "create" or missing.resource.kind != "service account":
        return finding
    email = missing.resource.name.rpartition("/")[2]
    quoted = " ".join(note for change in finding.changes for note in planning.notes(change))
    ids = re.findall(rf"deleted:serviceAccount:{re.escape(email)}\?uid=(\d+)", quoted)
    if not ids:
        return finding
    seen = [_(_DELETED).format(email=email, id=each) for each in dict.fromkeys(ids)]
    # With several deleted accounts of this name, nobody can tell which of them was the last one.
    fix = _(_UNDELETE).format(fix=finding.fix, id=ids[0]) if len(seen) == 1 else finding.fix
    return replace(finding, evidence=(*finding.evidence, *seen), fix=fix)


def _with_recreated(found: list[Finding], finding_of: Finder) -> list[Finding]:
    """Take the grants that a service account lost by being deleted and created again as one finding."""
    quoted = " ".join(note for finding in found for note in planning.notes(finding.changes[0]))
    emails = set(re.findall(r"deleted:serviceAccount:([^?\s]+)\?uid=", quoted))
    lost = [finding for finding in found if _is_about_grants_of(finding.changes[0], emails)]
    if not lost:
        return found
    changes = [change for finding in lost for change in finding.changes]
    rule = catalogue.all_rules()[RECREATED]
    merged = replace(finding_of(changes[0], changes[1:]), rule=rule, layer=rule.layer, cause=translated(rule.title))
    return [merged, *(finding for finding in found if finding not in lost)]


def _is_about_grants_of(change: Change, emails: set[str]) -> bool:
    """Return whether a change grants roles to one of the service accounts, or on one of them."""
    granted = {member for field in change.fields for member in (field.after if isinstance(field.after, list) else ())}
    return any(f"serviceAccount:{email}" in granted or change.resource.name.endswith(f"/{email}") for email in emails)
