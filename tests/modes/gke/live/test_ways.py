"""The chain on GKE, in a sandbox, where the way works: Standard and Autopilot, direct and through a GSA."""

import threading
from typing import Any

import pytest

from tests.chain.outcomes import outcome_of, statuses
from tests.modes.gke.live.gke_world import AUTOPILOT, GSA, POOL, STANDARD, USER, WRITE, GkeWorld
from wizard.chain.hop import Outcome, Progress, Waiting, verdict
from wizard.chain.one_off_pod import WaitLimits
from wizard.clouds.kubernetes import Kubernetes
from wizard.federation.gke import ClusterName
from wizard.modes.gke.live import walk as gke
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.hops import HOPS

ALL_OK = dict.fromkeys((each.id for each in HOPS), "ok")


@pytest.mark.parametrize("cluster", [STANDARD, AUTOPILOT], ids=["Standard", "Autopilot"])
@pytest.mark.parametrize("via", [None, GSA], ids=["direct", "impersonated"])
def test_a_workload_reaches_the_target(gke_world: GkeWorld, cluster: ClusterName, via: str | None):
    account = "impersonating" if via else "scorer"
    test = gke_world.test(account, cluster=cluster, google_service_account=via)
    outcomes = gke_world.walk(test)
    expected = dict(ALL_OK)
    if via is None:
        expected["impersonation"] = "skipped"
    if cluster == AUTOPILOT:
        expected["node-pools"] = "skipped"
    if cluster == AUTOPILOT or via:  # nothing runs with that account
        expected["own-key"] = "skipped"
    assert statuses(outcomes) == expected, [(each.hop.id, each.reason) for each in outcomes]
    assert [outcome.hop for outcome in outcomes] == list(HOPS)
    assert verdict(outcomes).passed
    evidence = outcome_of(outcomes, "pod").evidence
    assert f"the metadata server identifies the pod as {via or POOL}" in evidence
    assert f"{USER} on acme-payments: effective ({WRITE})" in evidence
    assert gke_world.pods(test) == []


def test_no_token_is_told(gke_world: GkeWorld):
    outcomes = gke_world.walk(gke_world.test("impersonating", google_service_account=GSA))
    text = str([each.as_json() for each in outcomes])
    assert "eyJ" not in text and "ya29" not in text
    assert "(the probe)" in text


def test_the_pods_first_seconds_are_waited_out_and_told(gke_world: GkeWorld):
    events: list[Progress] = []
    outcome = outcome_of(gke_world.walk(gke_world.test(), events), "pod")
    waits = [each.text for each in events if isinstance(each, Waiting)]
    assert any("GKE metadata server is not ready yet" in text for text in waits)
    assert any("the metadata server was not ready at first, and answered after" in line for line in outcome.evidence)


def test_who_uses_the_account_is_told(gke_world: GkeWorld):
    outcome = outcome_of(gke_world.walk(gke_world.test()), "pod")
    assert "workloads that use anti-fraud/scorer: Deployment scorer" in outcome.evidence
    other = outcome_of(gke_world.walk(gke_world.test("impersonating", google_service_account=GSA)), "pod")
    assert (
        "no pod uses anti-fraud/impersonating yet: set the pods' serviceAccountName to impersonating" in other.evidence
    )


def test_the_same_identity_in_another_cluster_is_told(gke_world: GkeWorld):
    lines = outcome_of(gke_world.walk(gke_world.test(in_pod=False)), "ksa-token").evidence
    assert (
        "cluster pilot in europe-west1 is in the same workload identity pool, and also has the Kubernetes service "
        "account anti-fraud/scorer: both accounts are the same principal, with the same access"
    ) in lines
    assert not any("dark" in line for line in lines)


def test_a_cluster_that_does_not_answer_is_not_waited_for(gke_world: GkeWorld, monkeypatch: pytest.MonkeyPatch):
    answers, over = Kubernetes.get_or_none, threading.Event()

    def get_or_none(session: Kubernetes, *arguments: Any) -> Any:
        if session.cluster == AUTOPILOT:
            over.wait(30)
        return answers(session, *arguments)

    monkeypatch.setattr(Kubernetes, "get_or_none", get_or_none)
    test = gke_world.test(in_pod=False, limits=WaitLimits(other_clusters=0.5))
    lines = outcome_of(gke_world.walk(test), "ksa-token").evidence
    over.set()
    assert any(
        "pilot" in line and "the wizard could not read the Kubernetes service accounts of cluster" in line
        for line in lines
    )
    assert any("mixed" in line and "both accounts are the same principal" in line for line in lines)


def test_from_here_only_no_pod_is_started(gke_world: GkeWorld):
    outcomes = gke_world.walk(gke_world.test(in_pod=False))
    assert outcome_of(outcomes, "pod").status == "skipped"
    assert verdict(outcomes).passed


def test_lists_that_may_not_be_read_are_told_and_prove_nothing(gke_world: GkeWorld):
    outcomes = gke_world.walk(gke_world.test(namespace="denied-lists"))
    for hop in ("own-key", "pod"):
        outcome = outcome_of(outcomes, hop)
        assert outcome.status == "not_proven" and outcome.reason and outcome.fix
        assert (
            "could not find all workloads that use denied-lists/scorer: the wizard could not read the Deployment "
            "objects"
        ) in outcome.reason
        assert "list on these objects" in outcome.fix
    told = [line for line in outcome_of(outcomes, "pod").evidence if "could not read the" in line]
    assert [line.split()[6] for line in told] == ["Deployment", "CronJob", "NetworkPolicy"]


def test_several_workloads_are_walked_side_by_side(gke_world: GkeWorld):
    tests = [
        gke_world.test(),
        gke_world.test("impersonating", google_service_account=GSA),
        gke_world.test("roleless"),
    ]
    told: list[tuple[str, Outcome]] = []

    def on_outcome(test: GkeTest, outcome: Outcome) -> None:
        told.append((test.title, outcome))

    found = gke.run_all(tests, gke_world.clouds, on_outcome, lambda *_: None)
    assert {title: verdict(outcomes).passed for title, outcomes in found.items()} == {
        "anti-fraud/scorer": True,
        "anti-fraud/impersonating": True,
        "anti-fraud/roleless": False,
    }
    for title, outcomes in found.items():
        assert [outcome for each, outcome in told if each == title] == outcomes
