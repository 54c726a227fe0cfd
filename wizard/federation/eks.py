"""The tokens of Kubernetes service accounts in clusters outside Google Cloud, as providers of a pool see them.

Source: https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-kubernetes
"""

from __future__ import annotations

from typing import Any

from wizard.federation.identifiers import ProviderName

MAPPING = {"google.subject": "assertion.sub"}
"""The attribute mapping: the service account, with its namespace, is the subject."""


def subject(namespace: str, service_account: str) -> str:
    """Return the subject of a service account's tokens."""
    return f"system:serviceaccount:{namespace}:{service_account}"


def condition(subject_: str) -> str:
    """Return the attribute condition that admits only one service account."""
    return f"google.subject == '{subject_}'"


def audience(provider: ProviderName) -> str:
    """Return the audience of tokens for a provider that names no audiences: its resource name, as Google writes it."""
    return f"https:{provider.audience}"


def claims(issuer: str, namespace: str, service_account: str, audience_: str) -> dict[str, Any]:
    """Return the claims of a pod's token, as far as they are known before there is one."""
    return {
        "aud": [audience_],
        "iss": issuer,
        "kubernetes.io": {"namespace": namespace, "serviceaccount": {"name": service_account}},
        "sub": subject(namespace, service_account),
    }
