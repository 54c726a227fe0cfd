"""The limits of direct access from GKE, which a Google service account does not have.

Source: https://docs.cloud.google.com/iam/docs/federated-identity-supported-services (9 April 2026).
"""

from __future__ import annotations

from collections.abc import Iterable

from wizard.language import _
from wizard.setup import products
from wizard.setup.products import Limit

LIMITS = (
    Limit(
        "roles/container.",
        "a pod with direct access cannot use the Kubernetes API of another cluster; a pod that acts as a Google "
        "service account can",
        always=False,
    ),
)
"""Roles that work only in part with direct access."""

PERIMETER = "a VPC Service Controls perimeter blocks direct access from GKE"
"""Why a perimeter needs a service account: its rules cannot name the pods' own principals."""

ACROSS_PERIMETERS = (
    "a VPC Service Controls perimeter blocks direct access from GKE; if there is a perimeter around the project, "
    "write `perimeter: true` instead of `via`"
)
"""The limit of direct access to another project."""


def service_account_reason(roles: Iterable[str], perimeter: bool) -> str | None:
    """Return why a workload needs a service account: a perimeter, or the first such role; None if it needs none."""
    return _(PERIMETER) if perimeter else products.service_account_reason(roles)
