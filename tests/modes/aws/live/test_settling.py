"""Recent grants: stored at once, effective later; waited for, visibly, and not longer than they need."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.chain.outcomes import outcome_of, statuses
from tests.modes.aws.live.sandbox_world import WORLD, World, workload
from tests.operators import http
from wizard.chain.hop import Settling
from wizard.chain.recent_grants import RecentGrant
from wizard.chain.target import Target, WantedRole
from wizard.clouds.session import Clouds
from wizard.engine.journal import Journal
from wizard.engine.patience import Time
from wizard.modes.audit_log import AuditLog
from wizard.modes.aws.live import walk as aws
from wizard.modes.aws.live.facts import ProviderFacts
from wizard.modes.aws.live.places import here, inside
from wizard.modes.aws.live.trusted import needs_trust, trusted
from wizard.sandbox.process import Sandbox

PROPAGATION = 4.0  # seconds: a busy machine must still see the refusal
DENIED = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."
PROVIDER = ProviderFacts("111122223333")
MEMBER = (
    "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-prod/"
    "attribute.aws_role/arn:aws:sts::111122223333:assumed-role/rds-to-bigquery"
)


@pytest.fixture(scope="module")
def slow_sandbox() -> Iterator[dict[str, str]]:
    with Sandbox(str(WORLD), ["--steady", "--propagation", f"{PROPAGATION}s"]) as sandbox:
        yield sandbox.variables


@pytest.fixture
def slow_world(slow_sandbox: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> World:
    for name, value in slow_sandbox.items():
        monkeypatch.setenv(name, value)
    return World(slow_sandbox)


def bind(world: World, account: str) -> RecentGrant:
    """RecentGrant roles/iam.workloadIdentityUser on a service account, as the operator."""
    email = f"{account}@acme-analytics.iam.gserviceaccount.com"
    policy = {"bindings": [{"role": "roles/iam.workloadIdentityUser", "members": [MEMBER]}]}
    token = Path(world.variables["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read_text()
    headers = {"Authorization": f"Bearer {token}", "x-goog-user-project": "acme-analytics"}
    url = f"https://iam.googleapis.com/v1/projects/acme-analytics/serviceAccounts/{email}:setIamPolicy"
    http(world.variables).post(url, json={"policy": policy}, headers=headers).raise_for_status()
    return RecentGrant("impersonation", datetime.now(UTC))


def test_a_grant_that_is_not_effective_yet_is_waited_for(slow_world: World):
    environ = slow_world.workload_environment(**slow_world.session())
    grant, events, moments = bind(slow_world, "unbound"), [], {}
    granted = time.monotonic()
    outcomes = aws.run(
        slow_world.test(slow_world.inside_config(account="unbound"), grants=(grant,)),
        inside(environ),
        lambda outcome: moments.update({outcome.hop.id: time.monotonic() - granted}),
        events.append,
    )
    assert statuses(outcomes)["impersonation"] == "ok"
    assert statuses(outcomes)["application"] == "ok"
    assert events and all(isinstance(each, Settling) and each.hop.id == "impersonation" for each in events)
    assert all(each.refusal.message == DENIED for each in events)
    assert [each.age for each in events] == sorted(each.age for each in events)
    assert "tries again" in events[0].text
    assert moments["impersonation"] >= PROPAGATION - 0.1


def test_a_grant_that_is_only_in_the_audit_log_is_waited_for(slow_world: World):
    environ = slow_world.workload_environment(**slow_world.session())
    bind(slow_world, "audited")
    config, events, audit = slow_world.inside_config(account="audited"), [], AuditLog(Clouds("acme-analytics"))
    own = ("user:someone@acme.example", MEMBER)
    test = slow_world.test(config, PROVIDER, members={"impersonation": own}, audit=audit)
    outcomes = aws.run(test, inside(environ), on_event=events.append)
    assert statuses(outcomes)["application"] == "ok"
    assert [outcome.hop.id for outcome in outcomes] == list(dict.fromkeys(outcome.hop.id for outcome in outcomes))
    assert events and all(isinstance(each, Settling) and each.hop.id == "impersonation" for each in events)


def test_without_a_recent_grant_a_refusal_is_final_at_once(slow_world: World):
    environ = slow_world.workload_environment(**slow_world.session())
    old = RecentGrant("impersonation", datetime.now(UTC) - timedelta(minutes=11))
    events: list[Settling] = []
    test = slow_world.test(slow_world.inside_config(account="others"), grants=(old,))
    outcomes = aws.run(test, inside(environ), on_event=events.append)
    assert outcome_of(outcomes, "impersonation").status == "failed"
    assert events == []


def test_a_deadline_ends_the_waiting(slow_world: World):
    environ = slow_world.workload_environment(**slow_world.session())
    grant = RecentGrant("exchange", datetime.now(UTC))
    events: list[Settling] = []
    test = slow_world.test(slow_world.inside_config(provider="nothing-here"), grants=(grant,), deadline=0.9)
    outcomes = aws.run(test, inside(environ), on_event=events.append)
    assert outcome_of(outcomes, "exchange").status == "failed"
    assert {each.hop.id for each in events} == {"exchange"}


def test_a_changed_trust_policy_is_waited_for(slow_world: World):
    need = needs_trust(slow_world.aws, "closed")
    with (
        trusted(slow_world.aws, need, "ap-northeast-1", Journal()),
        here(workload(role="closed"), slow_world.aws, patience=20) as place,
    ):
        assert place.withheld is None
        assert any(line.startswith("the test assumed the role closed.") for line in place.evidence)


def test_the_newest_grant_of_a_hop_counts():
    now = datetime(2026, 1, 2, tzinfo=UTC)
    grants = tuple(RecentGrant("permission", now - timedelta(seconds=age)) for age in (700, 30, 90))
    world = World({})
    test = world.test({}, grants=(*grants, RecentGrant("exchange", now - timedelta(seconds=600))))
    assert test.settle(now) == {"permission": {"age": 30.0, "limit": 600.0}}


@pytest.mark.parametrize(
    ("known", "waits"),
    [
        ({}, {"exchange", "impersonation", "permission"}),
        ({"members": {"impersonation": (), "permission": ("user:someone@acme.example",)}}, {"exchange", "permission"}),
        ({"provider": ProviderFacts("111122223333", disabled=True)}, {"impersonation", "permission"}),
        ({"provider": ProviderFacts("111122223333", pool_state="DELETED")}, {"impersonation", "permission"}),
        ({"provider": ProviderFacts("111122223333")}, {"exchange", "impersonation", "permission"}),
    ],
)
def test_what_is_known_not_to_be_there_is_not_waited_for(known: dict[str, Any], waits: set[str]):
    now = datetime(2026, 1, 2, tzinfo=UTC)
    grants = (RecentGrant("exchange", now), RecentGrant("impersonation", now), RecentGrant("permission", now))
    test = World({}).test({}, grants=grants, **known)
    assert set(test.settle(now)) == waits


CONDITION = "attribute.aws_role == 'arn:aws:sts::111122223333:assumed-role/other'"


def test_a_refusal_by_the_condition_as_it_is_now_is_not_waited_for(world: World):
    """The provider changed two minutes ago, and does not admit the role: no waiting makes it do so."""
    grant = RecentGrant("exchange", datetime.now(UTC) - timedelta(minutes=2))
    provider = ProviderFacts("111122223333", condition=CONDITION)
    test = world.test(world.inside_config(provider="other-role"), provider, grants=(grant,))
    events: list[Settling] = []
    outcomes = aws.run(test, inside(world.workload_environment(**world.session())), on_event=events.append)
    refused = outcome_of(outcomes, "exchange")
    assert (refused.status, events) == ("failed", [])
    assert refused.refusal is not None and refused.refusal.code == "unauthorized_client"
    assert refused.sent and "waiting cannot fix" in refused.evidence[-1]
    assert statuses(outcomes)["permission"] == "skipped"


def test_after_a_change_of_the_last_minute_a_predicted_refusal_is_waited_for_30_seconds(world: World):
    grant = RecentGrant("exchange", datetime.now(UTC) - timedelta(seconds=50))
    provider = ProviderFacts("111122223333", condition=CONDITION)
    test = world.test(world.inside_config(provider="other-role"), provider, grants=(grant,))
    moments = iter([100.0, 129.9, 130.0])
    events: list[Settling] = []
    place = inside(world.workload_environment(**world.session()))
    chain = aws.AwsChain(test, place, on_event=events.append, time=Time(clock=lambda: next(moments)))
    assert outcome_of(chain.run(), "exchange").status == "failed"
    assert len(events) == 2


@pytest.mark.parametrize("account", ["others", None])
def test_a_member_that_the_policy_does_not_have_is_not_waited_for(world: World, account: str | None):
    hop = "impersonation" if account else "permission"
    grant = RecentGrant(hop, datetime.now(UTC))  # type: ignore[arg-type]
    members = {hop: ("user:someone@acme.example",)}
    config = world.inside_config(account=account) if account else world.inside_config()
    targets = (Target("acme-analytics", (WantedRole("roles/bigquery.dataEditor", ("bigquery.tables.create",)),)),)
    test = world.test(config, grants=(grant,), members=members, targets=targets)
    events: list[Settling] = []
    outcomes = aws.run(test, inside(world.workload_environment(**world.session())), on_event=events.append)
    assert outcome_of(outcomes, hop).status == "failed"
    assert events == []
