"""From a scenario's Google part to the projects of a world."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .google import bigquery, pools, providers
from .google.service_accounts import new_account
from .model.callers import CLOUD_PLATFORM, Caller
from .model.clusters import COMPUTE_DOMAIN, Cluster, NodePool, make_workload_pool, workload_pool_of
from .model.policy_rules import parse_policy
from .model.projects import Project, ServiceAccount
from .model.world import World

AGE = timedelta(days=90)
"""How old everything is that a scenario begins with."""

OPERATOR_LIFETIME = 7 * 24 * 3600.0
"""Seconds that the operator's token lasts: longer than any sandbox."""


def seed(world: World, google: Mapping[str, Any]) -> None:
    """Fill the world with the scenario's projects; policies last, since members must exist."""
    specs = google.get("projects", [])
    for spec in specs:
        project = _project(world, spec)
        world.google.add(project)
        for each in spec.get("clusters", []):
            _cluster(world, project, each)
    for spec in specs:
        project = world.google.project(spec["id"])
        _grant(world, project, spec)
        for each in spec.get("service_accounts", []):
            account = world.google.account(f"{each['id']}@{project.id}.iam.gserviceaccount.com")
            if account is not None:
                _grant(world, account, each)


def operator_token(world: World, google: Mapping[str, Any]) -> str:
    """A token for the scenario's operator, a policy member such as `user:operator@acme.example`."""
    member = str(google["operator"])
    kind = "serviceAccount" if member.startswith("serviceAccount:") else "user"
    now = world.clock()
    caller = Caller("serviceAccount" if kind == "serviceAccount" else "user", member, None, (CLOUD_PLATFORM,), now)
    return world.tokens.issue(caller, OPERATOR_LIFETIME)[0]


def _project(world: World, spec: Mapping[str, Any]) -> Project:
    created = world.clock() - AGE
    project = Project(spec["id"], str(spec["number"]), spec.get("name", spec["id"]), created)
    project.enabled.update(spec.get("services", []))
    for each in spec.get("service_accounts", []):
        account = new_account(project, each["id"], each.get("display_name", ""), each.get("description", ""))
        account.disabled = each.get("disabled", False)
        account.keys.update({str(key): created for key in each.get("keys", [])})
    for each in spec.get("datasets", []):
        project.datasets[each["id"]] = bigquery.Dataset(each["id"], each.get("location", "US"))
    for each in spec.get("pools", []):
        _pool(world, project, each)
    return project


def _pool(world: World, project: Project, spec: Mapping[str, Any]) -> None:
    own = ("id", "deleted", "providers")
    pool = pools.add(project, spec["id"], {key: value for key, value in spec.items() if key not in own})
    for each in spec.get("providers", []):
        provider = providers.add(pool, each["id"], {key: value for key, value in each.items() if key not in own})
        if each.get("deleted"):
            provider.delete(world.clock())
    if spec.get("deleted"):
        pool.delete(world.clock())


def _cluster(world: World, project: Project, spec: Mapping[str, Any]) -> None:
    autopilot = spec.get("autopilot", False)
    pool = workload_pool_of(project) if autopilot else spec.get("workload_pool")
    cluster = Cluster(project, spec["name"], spec["location"], world.clock() - AGE, autopilot, pool)
    cluster.private_endpoint = spec.get("private_endpoint", "")
    cluster.contents = spec.get("kubernetes", {})
    for each in spec.get("node_pools", []):
        node_pool = cluster.node_pools[each["name"]] = NodePool(**each)
        _default_account(cluster, node_pool)
    if pool:
        make_workload_pool(project)
    world.clusters.add(cluster)


def _default_account(cluster: Cluster, pool: NodePool) -> None:
    """The account that nodes have where nobody chose one: Compute Engine makes it, under a name of its own."""
    project = cluster.project
    if pool.service_account == "default" and cluster.node_account(pool) not in project.service_accounts:
        title = "Compute Engine default service account"
        new_account(project, f"{project.number}-compute", title, domain=COMPUTE_DOMAIN)


def _grant(world: World, resource: Project | ServiceAccount, spec: Mapping[str, Any]) -> None:
    """Principals are taken as they come: a world may begin with one that stands for nobody."""
    if "policy" in spec:
        members = [member for binding in spec["policy"] for member in binding["members"]]
        principals = [member for member in members if member.startswith(("principal:", "principalSet:"))]
        bindings, _ = parse_policy(world.google, {"version": 3, "bindings": spec["policy"]}, principals)
        resource.policy.seed(bindings, world.clock())
