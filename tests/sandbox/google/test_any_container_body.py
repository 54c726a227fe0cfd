"""Whatever a call to the Container API carries is refused or taken, and what was taken can be read again."""

from typing import Any

import pytest

from tests.sandbox.google.gke import PAYMENTS, POOL, Gke
from tests.sandbox.google.test_any_body import ANSWERS, mutations

TAINT = {"key": "k", "value": "v", "effect": "NO_SCHEDULE"}
NODE = {
    "machineType": "e2-medium",
    "diskSizeGb": 50,
    "diskType": "pd-ssd",
    "metadata": {"a": "b"},
    "oauthScopes": ["x"],
    "labels": {"a": "b"},
    "taints": [TAINT],
    "workloadMetadataConfig": {"mode": "GCE_METADATA"},
}
NODE_POOL = {
    "name": "pool",
    "config": NODE,
    "initialNodeCount": 1,
    "autoscaling": {"enabled": True, "maxNodeCount": 3},
    "management": {"autoUpgrade": True},
    "upgradeSettings": {"maxSurge": 2},
    "networkConfig": {"subnetwork": "https://compute/projects/p/regions/r/subnetworks/s"},
    "locations": ["asia-northeast1-a"],
}
CLUSTER = {
    "name": "any",
    "nodePools": [NODE_POOL],
    "addonsConfig": {"cloudRunConfig": {"disabled": True}, "istioConfig": {"disabled": True}},
    "autopilot": {"enabled": False},
    "controlPlaneEndpointsConfig": {"ipEndpointsConfig": {"enablePublicEndpoint": True}},
    "initialClusterVersion": "1.36",
    "locations": ["asia-northeast1-a"],
    "loggingConfig": {"componentConfig": {"enableComponents": ["SYSTEM_COMPONENTS"]}},
    "network": "projects/p/global/networks/n",
    "networkConfig": {"datapathProvider": "ADVANCED_DATAPATH"},
    "networkPolicy": {"enabled": False},
    "releaseChannel": {"channel": "RAPID"},
    "resourceLabels": {"a": "b"},
    "workloadIdentityConfig": {"workloadPool": POOL},
}
UPDATE = {
    "desiredWorkloadIdentityConfig": {"workloadPool": POOL},
    "desiredAddonsConfig": {"cloudRunConfig": {"disabled": True}},
    "desiredReleaseChannel": {"channel": "RAPID"},
}
SCALING = {"desiredNodePoolAutoscaling": {"enabled": True, "maxNodeCount": 3}, "desiredNodePoolId": "batch-pool"}
GOOD: dict[str, tuple[str, str, Any]] = {
    "create a cluster": ("POST", PAYMENTS.rpartition("/")[0], {"cluster": CLUSTER}),
    "update a cluster": ("PUT", PAYMENTS, {"update": UPDATE}),
    "scale a node pool": ("PUT", PAYMENTS, {"update": SCALING}),
    "label a cluster": (
        *("POST", f"{PAYMENTS}:setResourceLabels"),
        {"labelFingerprint": "a9dc16a7", "resourceLabels": {"a": "b"}},
    ),
    "create a node pool": ("POST", f"{PAYMENTS}/nodePools", {"nodePool": NODE_POOL}),
    "update a node pool": (
        *("PUT", f"{PAYMENTS}/nodePools/default-pool"),
        {"labels": {"labels": {"a": "b"}}, "taints": {"taints": [TAINT]}, "upgradeSettings": {"maxSurge": 2}},
    ),
    "resize a node pool": ("POST", f"{PAYMENTS}/nodePools/default-pool:setSize", {"nodeCount": 2}),
}


@pytest.mark.parametrize("name", GOOD)
async def test_a_wrong_value_anywhere_in_a_body_is_answered(name: str) -> None:
    method, target, body = GOOD[name]
    assert (await Gke().answer(method, target, body)).status == 200
    for changed in mutations(body):
        gke = Gke()
        answer = await gke.answer(method, target, changed)
        assert answer.status in ANSWERS, changed
        listed = await gke.answer("GET", f"{PAYMENTS.rpartition('/')[0]}".replace("v1", "v1beta1"))
        assert listed.status == 200, changed
