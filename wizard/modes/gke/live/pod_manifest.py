"""The manifest of the one-off pod: the probe is in its command, and it has no unneeded privileges."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from wizard.chain.probing import PROBE
from wizard.federation.gke import NODE_SELECTOR
from wizard.modes.gke.live.facts import GkeTest

LABELS = {"app.kubernetes.io/name": "wif-wizard-probe", "app.kubernetes.io/managed-by": "wif-wizard"}
"""The labels of every one-off pod, and of no other pod."""

CONTAINER = "probe"

_RESOURCES = {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "64Mi"}
"""Requests and limits of the pod. They are equal, since quotas can require both and Autopilot sets them equal."""

_NOBODY = 65534


def new_name() -> str:
    """Return a unique pod name. It is chosen here, so that the pod is known even if the cluster's answer is lost."""
    return f"wif-wizard-probe-{secrets.token_hex(4)}"


def manifest(
    test: GkeTest, name: str, request: Mapping[str, Any], deadline: int, metadata_nodes_only: bool
) -> dict[str, Any]:
    """Return the manifest. `deadline`: for how many seconds the pod can run, even if the wizard is killed.

    It meets the Pod Security Standard "restricted". `metadata_nodes_only` keeps it off nodes without the GKE metadata
    server, on which it would act as the node; Autopilot has no such nodes.
    """
    spec: dict[str, Any] = {
        "serviceAccountName": test.service_account,
        "automountServiceAccountToken": False,  # the metadata server asks for tokens by itself
        "enableServiceLinks": False,
        "restartPolicy": "Never",
        "activeDeadlineSeconds": deadline,
        "terminationGracePeriodSeconds": 0,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _NOBODY,
            "runAsGroup": _NOBODY,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(test.image, request)],
    }
    if metadata_nodes_only:
        spec["nodeSelector"] = dict(NODE_SELECTOR)
    metadata = {"name": name, "namespace": test.namespace, "labels": dict(LABELS)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _container(image: str, request: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": CONTAINER,
        "image": image,
        "command": ["python3", "-I", "-u", "-c", PROBE.read_text(encoding="utf-8")],
        "env": [{"name": "WIF_PROBE", "value": json.dumps(dict(request))}],
        "resources": {"requests": dict(_RESOURCES), "limits": dict(_RESOURCES)},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
