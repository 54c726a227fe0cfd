"""What the pods' own identity cannot do, where a Google service account can.

Source: https://docs.cloud.google.com/iam/docs/federated-identity-supported-services (9 April 2026).
"""

from __future__ import annotations

from collections.abc import Iterable

from wizard.setup import products
from wizard.setup.products import Limit

LIMITS = (
    Limit(
        "roles/container.",
        "a pod's own principal opens no Kubernetes API of another cluster; a service account does",
        always=False,
    ),
)
"""Roles that work only in part for the pods' own principals."""

PERIMETER = "a VPC Service Controls perimeter refuses the pods' own principals"
"""Why a service account is used where there is a perimeter: its rules cannot name the pods' own principals."""

ACROSS_PERIMETERS = (
    "a VPC Service Controls perimeter in between refuses the pods' own principals; if there is one, "
    "write `perimeter: true` in the place of `via`"
)
"""What direct access to another project must do without."""


def service_account_reason(roles: Iterable[str], perimeter: bool) -> str | None:
    """Why a workload cannot act by itself: a perimeter, or the first role that needs a service account; or None."""
    return PERIMETER if perimeter else products.service_account_reason(roles)
