"""Which pods can run on which nodes."""

from typing import Any

import pytest

from wizard.clouds.kubernetes_briefs import Placed
from wizard.resources.placement import NodeTraits, can_run

POOL = "cloud.google.com/gke-nodepool"
GPU = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}
NODE = NodeTraits("node-1", {POOL: "default-pool", "cpus": "8"})
TAINTED = NodeTraits("node-2", {POOL: "gpu-pool"}, (GPU,))


def affinity(key: str, operator: str, *values: str) -> dict[str, Any]:
    """A required node affinity with one expression."""
    term = {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}}


@pytest.mark.parametrize(
    ("pod", "fits"),
    [
        (Placed(), True),
        (Placed(nodeSelector={POOL: "default-pool"}), True),
        (Placed(nodeSelector={POOL: "batch-pool"}), False),
        (Placed(nodeName="node-1"), True),
        (Placed(nodeName="node-9"), False),
        (Placed(affinity=affinity(POOL, "In", "default-pool", "batch-pool")), True),
        (Placed(affinity=affinity(POOL, "In", "batch-pool")), False),
        (Placed(affinity=affinity(POOL, "NotIn", "default-pool")), False),
        (Placed(affinity=affinity("gpu", "DoesNotExist")), True),
        (Placed(affinity=affinity("gpu", "Exists")), False),
        (Placed(affinity=affinity("cpus", "Gt", "4")), True),
        (Placed(affinity=affinity("cpus", "Lt", "4")), False),
        (Placed(affinity=affinity(POOL, "SomethingNew", "x")), True),
    ],
)
def test_selectors_and_required_affinity_decide(pod: Placed, fits: bool) -> None:
    assert can_run(pod, NODE) is fits


@pytest.mark.parametrize(
    ("tolerations", "fits"),
    [
        ([], False),
        ([{"key": "gpu", "operator": "Exists"}], True),
        ([{"operator": "Exists"}], True),
        ([{"key": "gpu", "value": "yes"}], True),
        ([{"key": "gpu", "value": "no"}], False),
        ([{"key": "gpu", "operator": "Exists", "effect": "NoExecute"}], False),
    ],
)
def test_a_taint_must_be_tolerated(tolerations: list[dict[str, Any]], fits: bool) -> None:
    assert can_run(Placed(tolerations=tolerations), TAINTED) is fits
