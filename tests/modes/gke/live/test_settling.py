"""Recent grants on GKE: waited for from here and in the pod, visibly; and a walk that is stopped or goes wrong."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.chain.outcomes import outcome_of
from tests.modes.gke.live.gke_world import GSA, NUMBER, PROJECT, USER, WORLD, GkeWorld, failed_at
from wizard.chain.hop import Outcome, Progress, Settling, Waiting, verdict
from wizard.chain.one_off_pod import PodLeft
from wizard.chain.recent_grants import RecentGrant
from wizard.chain.slots import Stopped
from wizard.federation.gke import principal, workload_identity_member
from wizard.modes.gke.live import pod_hop as gke_pod
from wizard.modes.gke.live import walk as gke
from wizard.modes.gke.live.facts import GkeTest
from wizard.sandbox.process import Sandbox

PROPAGATION = 4.0  # seconds: a busy machine must still see the refusal


@pytest.fixture(scope="module")
def slow_sandbox() -> Iterator[Sandbox]:
    with Sandbox(str(WORLD), ["--steady", "--propagation", f"{PROPAGATION}s"]) as sandbox:
        yield sandbox


@pytest.fixture
def slow_world(slow_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> GkeWorld:
    for name, value in slow_sandbox.variables.items():
        monkeypatch.setenv(name, value)
    return GkeWorld(slow_sandbox.variables, slow_sandbox.request_log)


def grant_role(world: GkeWorld, member: str) -> None:
    """RecentGrant the role on the project, as the operator."""
    path, google = f"/v1/projects/{PROJECT}", world.clouds.google
    policy = google.call("cloudresourcemanager", "POST", f"{path}:getIamPolicy", {})
    policy["bindings"].append({"role": USER, "members": [member]})
    google.call("cloudresourcemanager", "POST", f"{path}:setIamPolicy", {"policy": policy})


def walk_and_grant(world: GkeWorld, test: GkeTest, grant: Callable[[], None], events: list[Progress]) -> list[Outcome]:
    """Walk, and grant what is missing when the next hop needs it, so that it is young there however slow this is."""

    def on_outcome(outcome: Outcome) -> None:
        if outcome.hop.id == "ksa-token":
            grant()

    return gke.run(test, world.clouds, on_outcome, events.append)


def test_a_recent_role_is_waited_for(slow_world: GkeWorld):
    member = principal(PROJECT, NUMBER, "anti-fraud", "roleless")
    test = slow_world.test("roleless", grants=(RecentGrant("permission", datetime.now(UTC)),))
    events: list[Progress] = []
    outcomes = walk_and_grant(slow_world, test, lambda: grant_role(slow_world, member), events)
    assert verdict(outcomes).passed, [(each.hop.id, each.reason) for each in outcomes]
    settling = [each for each in events if isinstance(each, Settling)]
    assert settling and {each.hop.id for each in settling} == {"permission"}


def test_a_recent_binding_is_waited_for_in_the_pod_too(slow_world: GkeWorld, monkeypatch: pytest.MonkeyPatch):
    """From here nothing is asked, so that the pod meets the grant while it is young."""
    monkeypatch.setattr(gke.GkeChain, "_from_here", lambda _: None)
    email = f"elsewhere@{PROJECT}.iam.gserviceaccount.com"
    member = workload_identity_member(PROJECT, "anti-fraud", "elsewhere")

    def grant() -> None:
        policy = {"bindings": [{"role": "roles/iam.workloadIdentityUser", "members": [member]}]}
        slow_world.clouds.google_iam.set_policy(PROJECT, email, policy)
        grant_role(slow_world, f"serviceAccount:{email}")

    now = datetime.now(UTC)
    grants = (RecentGrant("impersonation", now), RecentGrant("permission", now))
    test = slow_world.test("elsewhere", google_service_account=email, grants=grants)
    events: list[Progress] = []
    outcome = outcome_of(walk_and_grant(slow_world, test, grant, events), "pod")
    assert outcome.status == "ok", outcome
    texts = [each.text for each in events if isinstance(each, Waiting)]
    assert any("the metadata server: the cloud still denies the request (HTTP 403)" in text for text in texts)


def test_an_old_grant_explains_nothing(gke_world: GkeWorld):
    old = RecentGrant("permission", datetime.now(UTC) - timedelta(minutes=11))
    events: list[Progress] = []
    failed_at(gke_world.walk(gke_world.test("roleless", grants=(old,)), events), "permission")
    assert events == []


def test_a_stop_ends_the_walk_and_removes_the_pod(gke_world: GkeWorld):
    stop, test = threading.Event(), gke_world.test()

    def on_event(event: Progress) -> None:
        if "running" in event.text:
            stop.set()

    with pytest.raises(Stopped):
        gke.run(test, gke_world.clouds, on_event=on_event, stop=stop)
    assert gke_world.pods(test) == []


def test_a_stop_of_one_of_several_ends_all(gke_world: GkeWorld):
    stop, tests = threading.Event(), [gke_world.test(), gke_world.test("impersonating", google_service_account=GSA)]

    def on_event(_: GkeTest, event: Progress) -> None:
        if "running" in event.text:
            stop.set()

    with pytest.raises(Stopped):
        gke.run_all(tests, gke_world.clouds, lambda *_: None, on_event, stop)
    assert gke_world.pods(tests[0]) == []


def test_an_error_of_ours_in_one_walk_ends_the_others_and_comes_out(gke_world: GkeWorld):
    def on_outcome(test: GkeTest, outcome: Outcome) -> None:
        if (test.service_account, outcome.hop.id) == ("scorer", "permission"):
            raise LookupError("a screen that is gone")

    tests = [gke_world.test("impersonating", google_service_account=GSA), gke_world.test()]
    with pytest.raises(LookupError):
        gke.run_all(tests, gke_world.clouds, on_outcome, lambda *_: None)
    assert gke_world.pods(tests[0]) == []


class Left:
    """A pod hop whose pod stays."""

    during: type[BaseException] | None = None

    def __init__(self, *_: Any) -> None:
        pass

    def run(self) -> Outcome:
        try:
            if self.during:
                raise self.during
        finally:
            from wizard.clouds.errors import CloudError

            raise PodLeft("x", "anti-fraud", CloudError("kubernetes", "delete", 403, "Forbidden", "no"))


def test_a_pod_that_stays_fails_the_hop(gke_world: GkeWorld, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gke_pod, "PodHop", Left)
    outcome = failed_at(gke_world.walk(gke_world.test()), "pod")
    assert "kubectl delete job x --namespace anti-fraud" in outcome.evidence[0]


@pytest.mark.parametrize("during", [KeyboardInterrupt, Stopped])
def test_a_pod_that_stays_does_not_hide_an_interrupt(
    gke_world: GkeWorld, monkeypatch: pytest.MonkeyPatch, during: type[BaseException]
):
    monkeypatch.setattr(gke_pod, "PodHop", Left)
    monkeypatch.setattr(Left, "during", during)
    with pytest.raises(PodLeft):
        gke_world.walk(gke_world.test())
