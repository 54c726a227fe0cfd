"""Which grants count as recent: those that the journal says were written for this very setup."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.commands.conftest import SETUP
from tests.setups import loads
from wizard.chain.recent_grants import RecentGrant
from wizard.engine.journal import Details, Journal, WriteOutcome
from wizard.engine.resource import Change, Resource
from wizard.modes.live_facts import recent_grants
from wizard.modes.opened import Opened
from wizard.resources.services import EnabledServices
from wizard.work.opening import open_in_memory as of_setup

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
OTHERS = SETUP.replace("aws-prod", "aws-test").replace("acme-analytics", "acme-reports")


@pytest.fixture
def ours(tmp_path: Path) -> Opened:
    """The setup that is tested."""
    return of_setup(loads(SETUP), tmp_path, ask_google=False)


@pytest.fixture
def others(tmp_path: Path) -> Opened:
    """A setup with another pool in another project."""
    return of_setup(loads(OTHERS), tmp_path, ask_google=False)


def the(kind: str, opened: Opened) -> Resource:
    """The setup's only resource of a kind."""
    (found,) = [each for each in opened.resources() if each.kind == kind]
    return found


def written(*resources: Resource, outcome: WriteOutcome = "done") -> None:
    """Record that these were written at noon."""
    journal = Journal(now=lambda: NOON)
    run = journal.begin("a run", "a setup")
    for each in resources:
        ordinal = journal.before_write(run, Change(each, None, each.desired()))
        journal.after_write(run, ordinal, outcome)
    journal.end(run, "done")


def test_what_was_written_for_this_setup_counts_where_it_is_needed(ours: Opened) -> None:
    written(the("workload identity pool", ours), the("roles on the project", ours))
    assert list(recent_grants(ours.resources("google"))) == [
        RecentGrant("exchange", NOON),
        RecentGrant("permission", NOON),
    ]


@pytest.mark.parametrize("kind", ["workload identity pool", "workload identity pool provider", "roles on the project"])
def test_what_was_written_for_another_setup_explains_nothing_here(ours: Opened, others: Opened, kind: str) -> None:
    written(the(kind, others))
    assert list(recent_grants(others.resources("google"))) != []
    assert list(recent_grants(ours.resources("google"))) == []


@pytest.mark.parametrize("outcome", ["failed", "started"])
def test_a_write_that_was_not_accepted_explains_nothing(ours: Opened, outcome: WriteOutcome) -> None:
    written(the("roles on the project", ours), outcome=outcome)
    assert list(recent_grants(ours.resources("google"))) == []


def test_an_enabled_api_is_no_grant(ours: Opened) -> None:
    (services,) = [each for each in ours.resources() if isinstance(each, EnabledServices) and each.name]
    written(services, the("roles on the project", ours))
    sources = {(each.hop, each.source) for each in recent_grants(ours.resources("google"))}
    assert sources == {
        ("exchange", "api"),
        ("impersonation", "api"),
        ("permission", "api"),
        ("permission", "journal"),
    }


def test_only_grants_to_this_workload_count_in_a_policy_that_others_write_too(ours: Opened, tmp_path: Path) -> None:
    neighbour = of_setup(loads(SETUP.replace("rds-to-bigquery", "other-role")), tmp_path, ask_google=False)
    written(the("roles on the project", neighbour))
    assert list(recent_grants(neighbour.resources("google"))) == [RecentGrant("permission", NOON)]
    assert list(recent_grants(ours.resources("google"))) == []


def test_a_revert_and_a_grant_that_was_there_before_are_no_recent_grants(ours: Opened) -> None:
    granted = the("roles on the project", ours)
    journal = Journal(now=lambda: NOON)
    for details, before in ((Details(reverts=("a-run",)), None), (Details(), granted.desired())):
        run = journal.begin("a run", "a setup", details)
        ordinal = journal.before_write(run, Change(granted, before, granted.desired()))
        journal.after_write(run, ordinal, "done")
        journal.end(run, "done")
    assert list(recent_grants(ours.resources("google"))) == []
