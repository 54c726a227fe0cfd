"""A refusal of the one-off pod says something about the workload's own pods only if they are refused the same way."""

from typing import Any

import pytest

from wizard.modes.gke.live.own_admission import admits
from wizard.modes.gke.live.users import User

MINIMUM = 'pods "x" is forbidden: minimum cpu usage per Container is 200m, but request is 100m'
NOT_SET = 'pods "x" is forbidden: maximum memory usage per Container is 64Mi.  No limit is specified'
PER_POD = 'pods "x" is forbidden: maximum cpu usage per Pod is 1, but limit is 2'
USED = "exceeded quota: team, requested: requests.cpu=100m, used: requests.cpu=900m, limited: requests.cpu=950m"
FULL = "exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4"
MUST = "failed quota: team: must specify limits.cpu for: probe; limits.memory for: probe"
SECURITY = 'pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true'


def user(*nodes: str, containers: int = 1, **resources: Any) -> User:
    spec = {"containers": [{"name": "app", "resources": resources}] * containers}
    return User("Deployment", "ledger", {}, spec, nodes)


@pytest.mark.parametrize("message", [MINIMUM, NOT_SET, PER_POD, USED, FULL, MUST, SECURITY])
def test_pods_that_run_were_admitted(message: str) -> None:
    assert admits(message, [user("node-1")])


@pytest.mark.parametrize(
    ("message", "own", "admitted"),
    [
        (MINIMUM, user(requests={"cpu": "250m"}), True),
        (MINIMUM, user(requests={"cpu": "0.1"}), False),
        (MINIMUM, user(limits={"cpu": "100m"}), False),
        (MINIMUM, user(), True),  # a default may apply
        (NOT_SET, user(), False),
        (NOT_SET, user(limits={"memory": "32Mi"}), True),
        (NOT_SET, user(limits={"memory": "1Gi"}), False),
        (PER_POD, user(limits={"cpu": "600m"}), True),
        (PER_POD, user(containers=2, limits={"cpu": "600m"}), False),
        (USED, user(requests={"cpu": "50m"}), True),
        (USED, user(requests={"cpu": "60m"}), False),
        (FULL, user(), False),
        (MUST, user(), False),
        (MUST, user(limits={"cpu": "1", "memory": "1Gi"}), True),
        (SECURITY, user(), False),
    ],
)
def test_pods_that_do_not_run_are_judged_by_what_they_ask_for(message: str, own: User, admitted: bool) -> None:
    assert admits(message, [own]) is admitted


def test_an_amount_that_is_too_small_says_nothing_about_pods_that_do_not_exist() -> None:
    assert admits(MINIMUM, [])
    assert not admits(SECURITY, [])
