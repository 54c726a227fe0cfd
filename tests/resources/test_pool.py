"""The workload identity pool: made, switched on again, and brought back while it is soft-deleted."""

import pytest

from tests.resources.writing import action, change_of, finish, write
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Refused
from wizard.resources.kind import Needed
from wizard.resources.pool import Pool

BASE = "gcloud iam workload-identity-pools"


def pool(name: str, project: str = "acme-analytics") -> Pool:
    return Pool(project, name)


def changed(name: str, **before: object) -> tuple[Pool, Change]:
    """A pool, and the change from such a state; from nothing where none is given."""
    wanted = pool(name)
    return wanted, Change(wanted, {**wanted.desired(), **before} if before else None, wanted.desired())


def test_a_new_pool_reads_as_it_was_wanted_and_is_deleted(clouds: Clouds) -> None:
    wanted = pool("new-one")
    assert write(wanted, clouds).action == "create"
    assert wanted.read(clouds) == {**wanted.desired(), "mode": ""}
    finish(wanted.delete(clouds))
    assert action(wanted, clouds) == "undelete"


def test_a_disabled_pool_is_enabled(clouds: Clouds) -> None:
    wanted = pool("aws-off")
    assert write(wanted, clouds).action == "update"
    assert wanted.read(clouds) == {**wanted.desired(), "mode": ""}


def test_a_pool_of_another_mode_is_refused(clouds: Clouds) -> None:
    with pytest.raises(
        Refused, match="trust-domain in acme-analytics has the mode TRUST_DOMAIN, so the pool cannot have"
    ):
        action(pool("trust-domain"), clouds)


def test_a_deleted_pool_is_undeleted(clouds: Clouds) -> None:
    wanted = pool("aws-gone")
    assert write(wanted, clouds).action == "undelete"
    assert action(wanted, clouds) == "none"


@pytest.mark.parametrize(
    ("before", "impact"),
    [
        ({}, None),
        (
            {"disabled": True},
            "The pool is disabled. The wizard will enable the pool: all identities that the pool's providers accept "
            "can get tokens again.",
        ),
        (
            {"state": "DELETED"},
            "The pool is deleted. The wizard will undelete the pool with its providers: all identities that the "
            "providers accept can get tokens again, and grants that name the pool take effect again.",
        ),
    ],
)
def test_what_a_change_does_is_told(before: dict[str, object], impact: str | None) -> None:
    wanted, change = changed("by-hand", **before)
    assert wanted.impact(change) == impact


@pytest.mark.parametrize(
    ("before", "verb", "ending"),
    [
        ({}, "create", " --display-name=by-hand --description='Workloads outside Google Cloud'"),
        ({"disabled": True}, "update", " --no-disabled"),
        ({"state": "DELETED"}, "undelete", ""),
    ],
)
def test_the_command_by_hand_and_what_it_takes(before: dict[str, object], verb: str, ending: str) -> None:
    wanted, change = changed("by-hand", **before)
    assert wanted.commands(change) == [f"{BASE} {verb} by-hand --location=global --project=acme-analytics{ending}"]
    assert wanted.permissions(change) == [Needed("google", f"iam.workloadIdentityPools.{verb}", "acme-analytics")]


def test_one_that_is_there_already_has_moved(clouds: Clouds) -> None:
    there = pool("aws-prod")
    with pytest.raises(CloudError) as taken:
        there.create(clouds)
    assert there.moved(taken.value)
    assert not there.not_yet(taken.value)


def test_a_refusal_is_told_in_googles_words_and_not_waited_out(clouds: Clouds) -> None:
    foreign = pool("a-pool", project="acme-ledger")
    with pytest.raises(CloudError) as refused:
        foreign.create(clouds)
    assert (refused.value.status, refused.value.reason) == (403, "PERMISSION_DENIED")
    assert not (foreign.not_yet(refused.value) or foreign.moved(refused.value))
    assert foreign.unreadable(refused.value) is None


def test_where_the_api_is_off_nothing_can_be_read_yet(clouds: Clouds) -> None:
    wanted = pool("a-pool", project="acme-new")
    with pytest.raises(CloudError) as off:
        change_of(wanted, Clouds("acme-new", environ=clouds.environ))
    assert wanted.unreadable(off.value) == "the API iam.googleapis.com is not enabled yet"
    assert wanted.not_yet(off.value)
