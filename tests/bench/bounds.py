"""The fewest calls that can create a setup, and the longest chain of them that must follow one another.

They are computed from the setup and from what the clouds' APIs ask for, not from what the wizard does. Each step says
why its calls cannot be fewer. The rules that every step follows are:

- What others may change meanwhile is read again just before it is written: their changes must not be lost.
- A write that answers with an operation is polled once at least.
- A write counts as done when it reads back: a service account in three reads, since new ones come and go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wizard.modes.aws.model import AwsSetup
from wizard.modes.gke.model import GkeSetup

Json = dict[str, Any]

READ_WRITE_READ = 3
WITH_OPERATION = READ_WRITE_READ + 1
STEADY_READS = 3


@dataclass(frozen=True)
class Step:
    """`calls` that follow one another, after the steps `after` are done; `beside` of them run at the same time."""

    name: str
    calls: int
    why: str
    after: tuple[str, ...] = ()
    beside: int = 1


@dataclass(frozen=True)
class Bound:
    """The fewest calls, and how many of them must follow one another at least."""

    fewest: int
    longest: int


def bound(steps: Iterable[Step]) -> Bound:
    """Return the bound of steps, each of which comes after those that it names."""
    ends: dict[str, int] = {}
    fewest = 0
    for step in steps:
        ends[step.name] = max((ends[name] for name in step.after), default=0) + step.calls
        fewest += step.calls * step.beside
    return Bound(fewest, max(ends.values()))


def aws(setup: AwsSetup, google: Json) -> Bound:  # noqa: ARG001 (nothing of the setup exists there)
    """The bound for a setup of the mode aws with direct access, of which nothing exists."""
    projects = len({grant.on for grant in setup.access.grants})
    wanted = ("services", "pool", "provider", "role")
    return bound(
        [
            Step("number", 1, "the grants name the project by its number"),
            Step("state", 1, "services, pool, provider and role are read", ("number",), beside=len(wanted)),
            Step("policies", 1, "one policy for each project", ("number",), beside=projects),
            Step("permissions", 1, "the operator's permissions for what is missing", ("state", "policies"), projects),
            Step("services", WITH_OPERATION, "batchEnable answers with an operation", ("permissions",)),
            Step("pool", WITH_OPERATION, "the API for pools must be enabled first", ("services",)),
            Step("provider", WITH_OPERATION, "a provider is created in its pool", ("pool",)),
            Step("role", READ_WRITE_READ, "CreateRole needs nothing of Google's", ("permissions",)),
            Step("grants", READ_WRITE_READ, "IAM refuses members of a pool that it does not have", ("pool",), projects),
        ]
    )


def gke(setup: GkeSetup, google: Json) -> Bound:
    """The bound for a setup of the mode gke. Namespaces exist, and some of the Kubernetes service accounts."""
    workloads, pools = setup.workloads, len(setup.gke.node_pools)
    accounts = len({each.google_service_account for each in workloads if each.google_service_account})
    projects = len({grant.on for each in workloads for grant in each.grants})
    inside = google["projects"][0]["clusters"][0]["kubernetes"]["namespaces"]
    existing = {(place["name"], each["name"]) for place in inside for each in place.get("service_accounts", ())}
    changed = [
        each
        for each in workloads
        if each.google_service_account or (each.namespace, each.service_account) not in existing
    ]
    create = READ_WRITE_READ - 1 + STEADY_READS
    steps = [
        Step("number", 1, "the grants name the project by its number"),
        Step("state", 1, "services, the cluster, and 2 lists of it: accounts and namespaces", ("number",), beside=4),
        Step("policies", 1, "one policy for each project", ("number",), beside=projects),
        Step("pods", 1, "nodes, pods, and 4 kinds of controllers, to know who uses the nodes", ("number",), beside=6),
        Step("permissions", 1, "the operator's, in Google Cloud and in the cluster", ("state", "policies"), beside=2),
        Step("services", WITH_OPERATION, "batchEnable answers with an operation", ("permissions",)),
        Step("cluster", WITH_OPERATION, "the cluster's pool is what the grants name", ("services",)),
        Step("accounts", create, "a grant to an account that comes and goes is refused", ("services",), accounts),
        Step("grants", READ_WRITE_READ, "their members must exist", ("cluster", "accounts"), projects + accounts),
        Step("annotations", READ_WRITE_READ, "pods act as the account once they may", ("grants",), len(changed)),
        Step("losers", 1, "who uses the nodes is read again before they restart", ("annotations",), beside=6),
        Step("node pools", WITH_OPERATION, "their pods restart, and need all of it then", ("annotations",), pools),
    ]
    return bound(steps)
