"""The manifest of the one-off job: the probe is in the command of its pod, which has no unneeded privileges.

The job controls its pod, so no other controller adopts it. A readiness gate that nobody opens keeps the pod out of
every Service.
"""

import hashlib
import json
import os
import platform
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wizard.chain.probing import PROBE

LABEL = "wif-wizard/probe"
"""The label of every job and pod of a live test, and of nothing else."""
JOB_LABELS = {LABEL: "true", "app.kubernetes.io/name": "wif-wizard-probe", "app.kubernetes.io/managed-by": "wif-wizard"}
RUNNER = "wif-wizard/runner"
"""The annotation that says which process started a job, as MACHINE.PROCESS."""

IMAGE = "docker.io/library/python:3.13-slim"
"""The public image of the one-off pod, if the setup names no other."""

CONTAINER = "probe"
NEVER = "wif-wizard/never-ready"
"""The readiness gate of the pod."""

RESOURCES = {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "64Mi"}
"""Requests and limits of the pod. They are equal, since quotas can require both and Autopilot sets them equal."""

_KEPT = 300
"""For how many seconds the cluster keeps a job that has ended, if the wizard does not remove it."""
_NOBODY = 65534


@dataclass(frozen=True)
class PodOptions:
    """What a setup can say about the one-off pod. The keys are those of Kubernetes; they replace the defaults."""

    labels: Mapping[str, str] = field(default_factory=dict)
    requests: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, str] = field(default_factory=dict)
    security_context: Mapping[str, Any] = field(default_factory=dict)
    priority_class: str | None = None

    def resources(self) -> dict[str, dict[str, str]]:
        """Return requests and limits. Where only one of them is given, the other one is the same."""
        requests = {**RESOURCES, **self.limits, **self.requests}
        limits = {**RESOURCES, **self.requests, **self.limits}
        return {"requests": requests, "limits": limits}


@dataclass(frozen=True)
class Wanted:
    """What a one-off job is made of.

    `selection` are the parts of a pod spec that select nodes. `deadline`: for how many seconds the pod can run, even if
    the wizard is killed. `patience`: for how many seconds it can wait for a node before.
    """

    namespace: str
    service_account: str
    image: str
    request: Mapping[str, Any]
    deadline: int
    patience: int
    selection: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    options: PodOptions = field(default_factory=PodOptions)
    volumes: tuple[Mapping[str, Any], ...] = ()
    mounts: tuple[Mapping[str, Any], ...] = ()
    """Volumes of the pod, and where its container has them."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables of the container, beside the request."""


def new_name() -> str:
    """Return a unique job name. It is chosen here, so that the job is known even if the cluster's answer is lost."""
    return f"wif-wizard-probe-{secrets.token_hex(4)}"


def this_runner() -> str:
    """Return the value of the annotation for this process."""
    return f"{this_machine()}.{os.getpid()}"


def this_machine() -> str:
    """Return a name for this machine that does not reveal its own name."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:12]


def manifest(wanted: Wanted, name: str) -> dict[str, Any]:
    """Return the manifest of the job. Its pod meets the Pod Security Standard "restricted"."""
    pod_labels = {**wanted.options.labels, **wanted.labels, LABEL: "true"}
    metadata = {
        "name": name,
        "namespace": wanted.namespace,
        "labels": {**wanted.options.labels, **JOB_LABELS},
        "annotations": {RUNNER: this_runner()},
    }
    spec = {
        "backoffLimit": 0,
        "activeDeadlineSeconds": wanted.deadline + wanted.patience,
        "ttlSecondsAfterFinished": _KEPT,
        "template": {"metadata": {"labels": pod_labels}, "spec": _pod_spec(wanted)},
    }
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}


def by_hand(wanted: Wanted, name: str) -> dict[str, Any]:
    """Return the manifest of a job that people run and delete themselves: no live test takes it for its own."""
    job = manifest(wanted, name)
    labels = {**wanted.options.labels, "app.kubernetes.io/name": name}
    job["metadata"] = {"name": name, "namespace": wanted.namespace, "labels": labels}
    job["spec"]["template"]["metadata"] = {"labels": {**wanted.options.labels, **wanted.labels}}
    return job


def _pod_spec(wanted: Wanted) -> dict[str, Any]:
    spec: dict[str, Any] = {
        **wanted.selection,
        "serviceAccountName": wanted.service_account,
        "automountServiceAccountToken": False,  # the metadata server asks for tokens by itself
        "enableServiceLinks": False,
        "restartPolicy": "Never",
        "activeDeadlineSeconds": wanted.deadline,
        "terminationGracePeriodSeconds": 0,
        "readinessGates": [{"conditionType": NEVER}],
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _NOBODY,
            "runAsGroup": _NOBODY,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(wanted)],
    }
    if wanted.volumes:
        spec["volumes"] = [dict(volume) for volume in wanted.volumes]
    if wanted.options.priority_class:
        spec["priorityClassName"] = wanted.options.priority_class
    return spec


def _container(wanted: Wanted) -> dict[str, Any]:
    more = {"volumeMounts": [dict(mount) for mount in wanted.mounts]} if wanted.mounts else {}
    variables = {"WIF_PROBE": json.dumps(dict(wanted.request)), **wanted.environment}
    return {
        **more,
        "name": CONTAINER,
        "image": wanted.image,
        "command": ["python3", "-I", "-u", "-c", PROBE.read_text(encoding="utf-8")],
        "env": [{"name": name, "value": value} for name, value in variables.items()],
        "resources": wanted.options.resources(),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
            **wanted.options.security_context,
        },
    }
