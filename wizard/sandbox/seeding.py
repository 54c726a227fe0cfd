"""Fill a world with the projects of a scenario."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from .model.callers import CLOUD_PLATFORM, Caller
from .model.clusters import Cluster, NodePool, make_workload_pool, workload_pool_of
from .model.dataset_access import seed_access
from .model.hierarchy import Container, ContainerKind
from .model.policy import PolicyStore
from .model.policy_rules import parse_policy
from .model.projects import Dataset, Project
from .model.service_accounts import ServiceAccount
from .model.things import Thing
from .model.world import World

AGE = timedelta(days=90)
"""The age of everything that a scenario starts with."""

OPERATOR_LIFETIME = 7 * 24 * 3600.0
"""Seconds that the operator's token lasts: longer than any sandbox."""


def seed(world: World, google: Mapping[str, Any]) -> None:
    """Fill the world with what the scenario has; policies come last, since their members must exist."""
    above = [(_container(world, "folder", spec), spec) for spec in google.get("folders", [])]
    above += [(_container(world, "organization", spec), spec) for spec in google.get("organizations", [])]
    specs = google.get("projects", [])
    projects = [_project(world, spec) for spec in specs]
    for project, spec in zip(projects, specs, strict=True):
        world.projects.add(project)
        for each in spec.get("clusters", []):
            _cluster(world, project, each)
        for each in spec.get("resources", []):
            world.things.add(_thing(world, project, each))
    for container, spec in above:
        _grant(world, container, spec)
    for project, spec in zip(projects, specs, strict=True):
        _grant(world, project, spec)
        for each in spec.get("datasets", []):
            seed_access(world.projects, project.datasets[each["id"]], each.get("access", []), world.clock())
        for each in spec.get("resources", []):
            _grant(world, _thing(world, project, each), each)
        for each in spec.get("service_accounts", []):
            account = project.service_accounts[f"{each['id']}@{project.id}.iam.gserviceaccount.com"]
            _grant(world, account, each)


def operator_token(world: World, google: Mapping[str, Any]) -> str:
    """An access token for the scenario's operator."""
    return world.tokens.issue(_operator(world, google), OPERATOR_LIFETIME)[0]


def operator_refresh_token(world: World, google: Mapping[str, Any]) -> str:
    """A refresh token for the scenario's operator."""
    return world.tokens.allow_refresh(_operator(world, google))


def _operator(world: World, google: Mapping[str, Any]) -> Caller:
    """The scenario's operator, who is a policy member such as `user:operator@acme.example`."""
    member = str(google["operator"])
    kind: Literal["serviceAccount", "user"] = "serviceAccount" if member.startswith("serviceAccount:") else "user"
    return Caller(kind, member, None, (CLOUD_PLATFORM,), world.clock())


def _container(world: World, kind: ContainerKind, spec: Mapping[str, Any]) -> Container:
    created = world.clock() - AGE
    container = Container(kind, str(spec["id"]), spec.get("name", str(spec["id"])), created, spec.get("parent", ""))
    world.projects.containers[container.name] = container
    return container


def _project(world: World, spec: Mapping[str, Any]) -> Project:
    created = world.clock() - AGE
    project = Project(spec["id"], str(spec["number"]), spec.get("name", spec["id"]), created, spec.get("parent", ""))
    project.enabled.update(spec.get("services", []))
    project.used.update(spec.get("used_services", []))
    for each in spec.get("service_accounts", []):
        account = project.add_account(each["id"], each.get("display_name", ""), each.get("description", ""))
        account.disabled = each.get("disabled", False)
        if "last_used" in each:
            account.last_used = datetime.fromisoformat(str(each["last_used"]))
        for key in each.get("keys", []):
            _add_key(account, key if isinstance(key, dict) else {"id": key}, created)
    for each in spec.get("datasets", []):
        dataset = project.datasets[each["id"]] = Dataset(each["id"], each.get("location", "US"))
        dataset.tables.update((table, PolicyStore()) for table in each.get("tables", []))
    for each in spec.get("pools", []):
        _pool(world, project, each)
    return project


def _thing(world: World, project: Project, spec: Mapping[str, Any]) -> Thing:
    """The resource of a specification: {name, policy?, uniform?, location?}, as it is in the world or as it begins.

    The name begins with the kind: topics/orders, or buckets/acme-raw, which is not below the project.
    """
    name = str(spec["name"])
    relative = name if name.startswith("buckets/") else f"projects/{project.id}/{name}"
    outer = relative.rsplit("/", 2)[0]
    if "/managedFolders/" in relative:
        outer = relative.partition("/managedFolders/")[0]
    parent = outer if outer.count("/") > 1 or "/managedFolders/" in relative else ""
    thing = Thing(relative, project.id, parent, spec.get("location", "US"), spec.get("uniform", True))
    return world.things.find(relative) or thing


def _add_key(account: ServiceAccount, spec: Mapping[str, Any], created: datetime) -> None:
    key = str(spec["id"])
    account.keys[key] = created
    if spec.get("disabled"):
        account.disabled_keys.add(key)
    if "last_used" in spec:
        account.used_keys[key] = datetime.fromisoformat(str(spec["last_used"]))


def _pool(world: World, project: Project, spec: Mapping[str, Any]) -> None:
    own = ("id", "deleted", "providers")
    pool = project.add_pool(spec["id"], {key: value for key, value in spec.items() if key not in own})
    for each in spec.get("providers", []):
        provider = pool.add_provider(each["id"], {key: value for key, value in each.items() if key not in own})
        if each.get("deleted"):
            provider.delete(world.clock())
    if spec.get("deleted"):
        pool.delete(world.clock())


def _cluster(world: World, project: Project, spec: Mapping[str, Any]) -> None:
    autopilot = spec.get("autopilot", False)
    pool = workload_pool_of(project) if autopilot else spec.get("workload_pool")
    cluster = Cluster(project, spec["name"], spec["location"], world.clock() - AGE, autopilot, pool)
    cluster.private_endpoint = spec.get("private_endpoint", "")
    cluster.dataplane_v2 = spec.get("dataplane_v2", False)
    cluster.network_policy = spec.get("network_policy", True)
    cluster.contents = spec.get("kubernetes", {})
    cluster.resource_labels = dict(spec.get("labels", {}))
    for each in spec.get("node_pools", []):
        node_pool = cluster.node_pools[each["name"]] = NodePool(**each)
        cluster.add_node_account(node_pool)
    if pool:
        make_workload_pool(project)
    world.clusters.add(cluster)


def seed_eks(world: World, aws: Mapping[str, Any]) -> None:
    """Add the scenario's clusters of EKS.

    Each has name, issuer_id? (32 hexadecimal digits), nodes?, node_instance? (the ID of an instance, whose metadata
    service the pods find), kubernetes? as for GKE, and pod_identities? [{namespace, serviceAccount}]. The operator, or
    else the users and roles in `admins` (ARNs), are administrators.
    """
    region = str(aws.get("region", ""))
    operator = aws.get("operator", "")
    name = operator if isinstance(operator, str) else operator["name"]
    for number, spec in enumerate(aws.get("eks_clusters", ())):
        nowhere = Project(f"eks-{spec['name']}", str(number), spec["name"], world.clock() - AGE)
        cluster = Cluster(nowhere, spec["name"], region, world.clock() - AGE)
        issuer_id = spec.get("issuer_id", f"{number:032X}")
        cluster.own_issuer = f"https://oidc.eks.{region}.amazonaws.com/id/{issuer_id}"
        cluster.admins = tuple(spec.get("admins", (f"arn:aws:iam::{aws['account']}:user/{name}",)))
        cluster.contents = spec.get("kubernetes", {})
        cluster.node_instance = spec.get("node_instance", "")
        cluster.pod_identities = [dict(each) for each in spec.get("pod_identities", ())]
        cluster.node_pools["nodes"] = NodePool("nodes", nodes=spec.get("nodes", 1))
        world.eks.append(cluster)


def _grant(world: World, resource: Project | ServiceAccount | Container | Thing, spec: Mapping[str, Any]) -> None:
    """Set the policy of the specification, if any; a world may start with principals that stand for nobody."""
    if "policy" in spec:
        members = [member for binding in spec["policy"] for member in binding["members"]]
        principals = [member for member in members if member.startswith(("principal:", "principalSet:"))]
        bindings, _ = parse_policy(world.projects, {"version": 3, "bindings": spec["policy"]}, principals)
        resource.policy.seed(bindings, world.clock())
