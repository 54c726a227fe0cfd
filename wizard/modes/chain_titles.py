"""The titles in the picture of the credential chain that all modes share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wizard.setup import resource_types

if TYPE_CHECKING:
    from wizard.setup.sections import Grant

_PRODUCTS = {
    "aiplatform": "Vertex AI",
    "bigquery": "BigQuery",
    "bigtable": "Bigtable",
    "logging": "Logging",
    "pubsub": "Pub/Sub",
    "secretmanager": "Secrets",
    "spanner": "Spanner",
    "storage": "Storage",
}


def target_title(grants: Sequence[Grant]) -> str:
    """Return the product's short name if all roles belong to one known product, else the ID of the resource."""
    roles = [role for grant in grants for role in grant.roles]
    products = {role.removeprefix("roles/").partition(".")[0] for role in roles}
    if len(products) == 1:
        name = _PRODUCTS.get(products.pop())
        if name:
            return name
    on = resource_types.parse(grants[0].on) if grants else None
    return short(on.id if on else "Target")


def short(name: str, columns: int = 20) -> str:
    """Return the name, shortened to `columns` characters so that it fits into a box of the picture."""
    return name if len(name) <= columns else f"{name[: columns - 1]}…"
