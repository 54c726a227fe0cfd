"""A policy is stored at once and enforced later, and a stale etag changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity
from wizard.sandbox.model.callers import Caller
from wizard.sandbox.model.policy import Access, Binding, PolicyStore, includes
from wizard.sandbox.model.refusals import StaleEtagError

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
READER = "user:reader@acme.example"
VIEWER = Binding("roles/viewer", (READER,))


def reads(store: PolicyStore, moment: datetime) -> bool:
    caller = Caller("user", READER, None, (), NOW)
    return store.grants(Access(caller, "resourcemanager.projects.get", moment))


def test_a_grant_works_only_after_the_propagation_time() -> None:
    store = PolicyStore()
    store.set((VIEWER,), None, NOW, propagation=60)
    assert store.bindings == (VIEWER,)
    assert not reads(store, NOW + timedelta(seconds=59))
    assert reads(store, NOW + timedelta(seconds=60))


def test_a_removed_grant_works_until_the_propagation_time_is_over() -> None:
    store = PolicyStore()
    store.seed((VIEWER,), NOW)
    store.set((), store.etag, NOW, propagation=60)
    assert reads(store, NOW + timedelta(seconds=59))
    assert not reads(store, NOW + timedelta(seconds=60))


def test_a_stale_etag_is_refused_and_changes_nothing() -> None:
    store = PolicyStore()
    stale = store.etag
    store.set((VIEWER,), stale, NOW, propagation=0)
    with pytest.raises(StaleEtagError):
        store.set((), stale, NOW, propagation=0)
    assert store.bindings == (VIEWER,)


@pytest.mark.parametrize(
    ("member", "kind", "included"),
    [
        ("allUsers", "user", True),
        ("allUsers", "federated", True),
        ("allAuthenticatedUsers", "user", True),
        ("allAuthenticatedUsers", "federated", False),
    ],
)
def test_public_members_stand_for_callers_of_each_kind(member: str, kind: str, included: bool) -> None:
    identity = FederatedIdentity(PoolName("123456789012", "aws-prod"), "someone")
    federated = Caller("federated", "principal://somewhere", identity, (), NOW)
    assert includes(member, federated if kind == "federated" else Caller("user", READER, None, (), NOW)) is included
