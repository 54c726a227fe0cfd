"""What the picture of the chain calls things, whatever the mode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

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
    """The product, if all roles are of one that has a short name; else the project."""
    roles = [role for grant in grants for role in grant.roles]
    products = {role.removeprefix("roles/").partition(".")[0] for role in roles}
    if len(products) == 1 and (name := _PRODUCTS.get(products.pop())):
        return name
    return short(grants[0].on.removeprefix("projects/") if grants else "Target")


def short(name: str, columns: int = 20) -> str:
    """A name that fits into a box of the picture."""
    return name if len(name) <= columns else f"{name[: columns - 1]}…"
