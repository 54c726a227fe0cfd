"""What the picture of the chain calls each hop, for one setup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wizard.modes.aws.runtimes import RUNTIMES

if TYPE_CHECKING:
    from wizard.modes.aws.model import AwsSetup, Grant
    from wizard.modes.gke.model import GkeSetup, Workload

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


def titles(setup: AwsSetup) -> dict[str, str]:
    """Id of a hop -> its title, in the order of the way; no impersonation where access is direct."""
    account = (setup.service_account_email or "").partition("@")[0]
    way = of_credential(setup.aws.runtime, account, _target(setup.access.grants))
    return {"config": "Config file"} | way | {"application": "Application"}


def of_credential(runtime: str, service_account: str = "", target: str = "Google Cloud") -> dict[str, str]:
    """The hops in which something is exchanged or asked for, without what the application has around them."""
    found = {
        "aws-credentials": RUNTIMES[runtime].role_title,
        "caller-identity": "AWS STS",
        "principal": "Provider",
        "exchange": "Google STS",
    }
    if service_account:
        found["impersonation"] = _short(service_account)
    return found | {"permission": target}


def of_workload(setup: GkeSetup, workload: Workload) -> dict[str, str]:
    """The same for a workload on GKE."""
    found = {
        "cluster": _short(setup.gke.cluster),
        "node-pools": "Node pools",
        "ksa-token": _short(workload.service_account),
        "exchange": "Google STS",
    }
    if email := setup.service_account_email(workload):
        found["impersonation"] = _short(email.partition("@")[0])
    return found | {"permission": _target(workload.grants), "pod": "One-off pod"}


def _target(grants: Sequence[Grant]) -> str:
    """The product, if all roles are of one that has a short name; else the project."""
    roles = [role for grant in grants for role in grant.roles]
    products = {role.removeprefix("roles/").partition(".")[0] for role in roles}
    if len(products) == 1 and (name := _PRODUCTS.get(products.pop())):
        return name
    return _short(grants[0].on.removeprefix("projects/") if grants else "Target")


def _short(name: str, columns: int = 20) -> str:
    return name if len(name) <= columns else f"{name[: columns - 1]}…"
