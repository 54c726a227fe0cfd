"""A cluster's API server refuses with a Status object whatever is sent to it."""

from random import Random

from wizard.sandbox.process import Sandbox

from . import kubernetes_calls
from .conftest import ROUNDS, SEED
from .judging import Watch, of_kubernetes


def test_deep_json_and_yaml_are_refused_everywhere(gke_sandbox: Sandbox) -> None:
    with Watch(gke_sandbox) as watch:
        for sent in kubernetes_calls.deep(gke_sandbox):
            watch.judge(sent, kubernetes_calls.answered(gke_sandbox, sent), of_kubernetes)


def test_hostile_bodies_are_refused(gke_sandbox: Sandbox) -> None:
    with Watch(gke_sandbox) as watch:
        for sent in kubernetes_calls.hostile(gke_sandbox):
            watch.judge(sent, kubernetes_calls.answered(gke_sandbox, sent), of_kubernetes)


def test_wrong_requests_are_answered(gke_sandbox: Sandbox) -> None:
    random = Random(SEED)
    with Watch(gke_sandbox) as watch:
        for _ in range(400 * ROUNDS):
            sent = kubernetes_calls.wrong(gke_sandbox, random)
            watch.judge(sent, kubernetes_calls.answered(gke_sandbox, sent), of_kubernetes)
