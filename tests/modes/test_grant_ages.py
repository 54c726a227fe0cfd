"""A grant that a policy shows and that a cloud refuses: how old it is, by the journal or by the audit log."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from wizard.chain.hop import IMPERSONATION, PERMISSION, Outcome, Refusal
from wizard.chain.recent_grants import RecentGrant
from wizard.chain.report import Report
from wizard.chain.rule import Explanation, Facts
from wizard.clouds.errors import CloudError
from wizard.modes.audit_log import AuditLog
from wizard.modes.grant_ages import explained

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
PROJECT, ROLE, US = "acme-analytics", "roles/bigquery.jobUser", "principalSet://us"
EMAIL = f"loader@{PROJECT}.iam.gserviceaccount.com"
USER = "roles/iam.workloadIdentityUser"
FACTS = Facts(impersonating=True, service_account=EMAIL, member=US, missing=f"{ROLE} on {PROJECT}")
REFUSED = CloudError(
    "logging.googleapis.com", "POST /v2/entries:list", 403, "PERMISSION_DENIED", "Permission denied for all log views"
)


class Log:
    """Cloud Logging: answers with these pages, or raises the refusal, and counts the calls."""

    def __init__(self, *pages: dict[str, Any], refusal: CloudError | None = None) -> None:
        self.pages, self.refusal, self.bodies = iter(pages), refusal, list[dict[str, Any]]()

    def call(self, api: str, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        assert (api, method, path) == ("logging", "POST", "/v2/entries:list")
        self.bodies.append(dict(body))
        if self.refusal:
            raise self.refusal
        return next(self.pages)


def entry(age: timedelta, on: str = PROJECT, status: int = 0, **delta: Any) -> dict[str, Any]:
    """An entry of the audit log about one role that was granted on a project or a service account."""
    resource = {"type": "service_account", "labels": {"email_id": on}} if "@" in on else {"type": "project"}
    made = {"action": "ADD", "role": USER if "@" in on else ROLE, "member": US, **delta}
    return {
        "timestamp": (NOON - age).isoformat().replace("+00:00", ".123456789Z"),
        "resource": resource,
        "protoPayload": {
            "status": {"code": status} if status else {},
            "serviceData": {"policyDelta": {"bindingDeltas": [made]}},
        },
    }


def explanation(
    log: Log, code: str = "WIF0531", place: str = PROJECT, grants: tuple[RecentGrant, ...] = ()
) -> Explanation:
    """What is said about a refusal of what the policies grant."""
    hop = PERMISSION if code == "WIF0531" else IMPERSONATION
    received = {"roles": [{"role": ROLE, "project": place, "status": "missing"}]} if hop == PERMISSION else {}
    outcome = Outcome(hop, "failed", refusal=Refusal("MISSING", ROLE), received=received)
    clouds: Any = SimpleNamespace(google=log)
    found = Explanation("is not effective", "test again", code=code)
    audit = AuditLog(clouds, lambda: NOON)
    told = explained(found, outcome, FACTS, grants, audit, lambda _hop, member: member == US, NOON)
    assert told
    again = explained(found, outcome, FACTS, grants, audit, lambda _hop, member: member == US, NOON)
    assert again == told
    return told


@pytest.mark.parametrize(("code", "on"), [("WIF0531", PROJECT), ("WIF0404", EMAIL)])
def test_a_recent_grant_is_not_effective_yet(code: str, on: str) -> None:
    log = Log({"entries": [entry(timedelta(minutes=2), on)]})
    told = explanation(log, code)
    assert (told.code, told.fix, told.unknown) == (code, "test again", ())
    assert "only 1 min 59 s old, and is not effective yet" in told.cause
    assert f"got {ROLE if code == 'WIF0531' else USER} on {on} at 2026-01-02 11:58:00 UTC" in told.evidence[0]
    assert told.granted is not None
    (body,) = log.bodies
    assert body["resourceNames"] == [f"projects/{PROJECT}"]
    assert 'timestamp>="2026-01-02T11:45:00Z"' in body["filter"]


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [entry(timedelta(minutes=12))],
        [entry(timedelta(minutes=2), action="REMOVE")],
        [entry(timedelta(minutes=2), status=7)],
        [entry(timedelta(minutes=2), member="principalSet://others")],
        [entry(timedelta(minutes=2), role="roles/viewer")],
        [entry(timedelta(minutes=2), condition={"expression": "true"})],
        [entry(timedelta(minutes=2), on=EMAIL)],
    ],
)
def test_without_a_recent_grant_in_the_log_the_age_is_not_the_cause(entries: list[dict[str, Any]]) -> None:
    told = explanation(Log({"entries": entries}))
    assert (told.code, told.unknown, told.granted) == ("WIF0503", (), None)
    assert "for more than 10 minutes" in told.cause
    assert "audit log" in told.evidence[0]


def test_an_api_that_was_enabled_recently_is_not_a_grant() -> None:
    enabled = RecentGrant("permission", NOON - timedelta(seconds=5), "api")
    assert explanation(Log({"entries": []}), grants=(enabled,)).code == "WIF0503"


def test_an_old_grant_on_the_service_account_is_not_the_cause_either() -> None:
    told = explanation(Log({"entries": [entry(timedelta(minutes=2))]}), "WIF0404")
    assert (told.code, told.evidence) == (
        "WIF0403",
        (f"the audit log of {PROJECT} shows no matching grant in the last 15 minutes",),
    )


@pytest.mark.parametrize(
    ("log", "code", "place", "reason"),
    [
        (Log(refusal=REFUSED), "WIF0531", PROJECT, "(missing permission: logging.logEntries.list)"),
        (Log(refusal=REFUSED), "WIF0404", PROJECT, "(missing permission: logging.logEntries.list)"),
        (Log(), "WIF0531", f"projects/{PROJECT}/datasets/sales", "only for grants on projects"),
        (Log(*({"nextPageToken": str(page)} for page in range(4))), "WIF0531", PROJECT, "more policy changes than"),
    ],
)
def test_an_age_that_cannot_be_read_is_unknown(log: Log, code: str, place: str, reason: str) -> None:
    told = explanation(log, code, place)
    assert (told.cause, told.code, told.granted) == ("is not effective", code, None)
    assert reason in told.unknown[0]
    report = Report(lambda _outcome: told)
    report.add(Outcome(PERMISSION, "failed", refusal=Refusal("MISSING", ROLE)))
    assert report.outcomes[0].unproven == told.unknown


def test_the_pages_of_the_log_are_read_to_their_end() -> None:
    log = Log({"nextPageToken": "more"}, {"entries": [entry(timedelta(seconds=30))]})
    assert explanation(log).granted
    assert [body.get("pageToken") for body in log.bodies] == [None, "more"]


@pytest.fixture
def unread() -> Iterator[Log]:
    log = Log()
    yield log
    assert log.bodies == []


def test_a_recent_grant_in_the_journal_needs_no_audit_log(unread: Log) -> None:
    told = explanation(unread, grants=(RecentGrant("permission", NOON - timedelta(seconds=90)),))
    assert "only 1 min 30 s old" in told.cause
    assert told.evidence == ("the journal shows that wif-wizard wrote the grant 1 min 30 s ago",)


def test_a_refusal_that_something_else_explains_needs_no_audit_log(unread: Log) -> None:
    assert explanation(unread, "WIF0502").code == "WIF0502"


def test_an_entry_without_a_valid_time_says_nothing_of_the_age() -> None:
    broken = {**entry(timedelta(minutes=2)), "timestamp": "yesterday"}
    told = explanation(Log({"entries": [broken]}))
    assert told.code == "WIF0531" and told.granted is None
    assert "a timestamp is not valid" in told.unknown[0]
