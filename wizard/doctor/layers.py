"""To which layer of the chain a kind of resource and a step of the live test belong."""

from __future__ import annotations

from wizard.doctor.rule import Layer

_OF_KIND: dict[str, Layer] = {
    "credential configuration": "configuration",
    "IAM role": "credentials",
    "instance profile": "credentials",
    "task definition": "credentials",
    "job definition": "credentials",
    "ECS service": "credentials",
    "EC2 instance": "credentials",
    "Lambda function": "credentials",
    "workload identity pool": "exchange",
    "workload identity pool provider": "exchange",
    "service account": "impersonation",
    "roles on the service account": "impersonation",
    "cluster's workload pool": "cluster",
    "node pool's metadata mode": "cluster",
    "node pools": "cluster",
    "namespace": "account",
    "Kubernetes service account": "account",
    "pods' service account": "pod",
    "service account keys in pods": "pod",
    "keys of the service account": "risk",
}

_OF_HOP: dict[str, Layer] = {
    "network": "network",
    "config": "configuration",
    "task": "credentials",
    "definition": "credentials",
    "aws-credentials": "credentials",
    "subject-token": "credentials",
    "caller-identity": "credentials",
    "principal": "exchange",
    "exchange": "exchange",
    "impersonation": "impersonation",
    "cluster": "cluster",
    "node-pools": "cluster",
    "ksa-token": "account",
    "own-key": "pod",
    "pod": "pod",
}


def of_kind(kind: str) -> Layer:
    """Return the layer of a kind of resource."""
    return _OF_KIND.get(kind, "target")


def of_hop(hop_id: str) -> Layer:
    """Return the layer of a step of the live test, by its ID."""
    return _OF_HOP.get(hop_id, "target")
