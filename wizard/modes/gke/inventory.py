"""How the workloads of a cluster reach Google Cloud today: with a key, as their node, or through federation."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.clouds import missing_permissions
from wizard.clouds.errors import CloudError
from wizard.clouds.project import project_number
from wizard.clouds.session import Clouds
from wizard.detect.machine import google_defaults
from wizard.federation import gke
from wizard.federation.gke import NODE_SELECTOR, ClusterName
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity, admits
from wizard.language import _
from wizard.modes import risks
from wizard.modes.gke.clusters import ClusterSeen, clusters
from wizard.modes.gke.live.own_keys import find_keys
from wizard.modes.gke.live.reads import ClusterReads
from wizard.modes.gke.live.users import find_users
from wizard.modes.gke.mode import GkeMode
from wizard.modes.gke.running import AccountSeen, Running, running
from wizard.modes.opened import Inventory, InventoryRow
from wizard.setup.problems import BadInput

_NO_PROJECT = "the doctor needs the Google Cloud project of the cluster: set GOOGLE_CLOUD_PROJECT"
_NO_CLUSTER = "project {project} has no GKE cluster {name}; the clusters in this project are: {names}"
_ABOUT = "GKE cluster {cluster} in {project}"
_UNREAD_KIND = "you do not have permission to list {kind} objects, so workloads might be missing from the table"
_UNREAD_POLICY = "the doctor cannot read the policy of {project} ({reason}), so the table does not show direct access"
_UNREAD_NODES = "the doctor cannot read the nodes ({reason}), so it reads the node pools instead"
_SET_UP = "wif-wizard wizard cluster/{cluster} --workloads {account}"
_TEST = "no change is needed; to test the workload, run wif-wizard doctor {account}"
_NODE = "service account of the node"
_NODES_NOT_SWITCHED = "the annotation names {email}, but the nodes of the pods have no GKE metadata server"
_ROLES = "roles on {project}: {count}"


def inventory(given: str, environ: Mapping[str, str]) -> Inventory | None:
    """Return the workloads of a cluster that is named as cluster/NAME; None for another name.

    Raises BadInput and CloudError.
    """
    named = GkeMode.inventories.fullmatch(given)
    if named is None:
        return None
    default = google_defaults(environ).get("google.project")
    if default is None:
        raise BadInput(_(_NO_PROJECT))
    project = str(default.value)
    clouds = Clouds(project, environ=environ)
    listed = clusters(clouds, project)
    seen = next((each for each in listed if each.name == named["name"]), None)
    if seen is None:
        names = ", ".join(each.name for each in listed) or _("none")
        raise BadInput(_(_NO_CLUSTER).format(project=project, name=named["name"], names=names))
    return _of(clouds, seen, ClusterName(project, seen.location, seen.name))


def _of(clouds: Clouds, seen: ClusterSeen, cluster: ClusterName) -> Inventory:
    runs = running(clouds, cluster)
    unknown = [_(_UNREAD_KIND).format(kind=kind) for kind in runs.unread]
    direct = _direct(clouds, cluster, runs, unknown)
    accounts = {(account.namespace, account.name): account for account in runs.accounts}
    used = list(dict.fromkeys((each.namespace, each.service_account) for each in runs.controllers))
    reads = ClusterReads(clouds, cluster, used)
    rows = []
    for namespace, name in used:
        account = accounts.get((namespace, name), AccountSeen(namespace, name))
        users = find_users(reads, namespace, name).found
        keys = find_keys(reads, namespace, users)
        unknown += keys.unknown
        titles = ", ".join(each.controller.title for each in runs.users(namespace, name))
        switched = _has_metadata_server(seen, reads, {node for user in users for node in user.nodes}, unknown)
        roles = direct.get((namespace, name), 0)
        way, detail = _way(account, keys.found, roles, cluster.project, switched=switched)
        title = f"{namespace}/{name}"
        step = (_SET_UP if way in ("key", "node") else _(_TEST)).format(account=title, cluster=seen.name)
        start = {"controllers": [runs.controller for runs in runs.users(namespace, name)]}
        rows.append(InventoryRow(f"{namespace}: {titles}", title, way, detail, step, title, start))
    return Inventory(
        _(_ABOUT).format(cluster=seen.name, project=cluster.project),
        tuple(rows),
        tuple(dict.fromkeys(unknown)),
        f"cluster/{seen.name}",
        "gke",
        {"google.project": cluster.project, "gke.cluster": seen.name, "gke.location": seen.location},
        several=True,
    )


def _way(account: AccountSeen, keys: list[str], direct_roles: int, project: str, *, switched: bool) -> tuple[str, str]:
    """Return the way of a workload, and its detail. A key comes first: with one, libraries do not use federation."""
    if keys:
        return "key", keys[0]
    if account.acts_as:
        if switched:
            return "service account", account.acts_as
        return "node", _(_NODES_NOT_SWITCHED).format(email=account.acts_as)
    if direct_roles and switched:
        return "direct", _(_ROLES).format(count=direct_roles, project=project)
    return "node", _(_NODE)


def _has_metadata_server(seen: ClusterSeen, reads: ClusterReads, names: set[str], unknown: list[str]) -> bool:
    """Return whether all nodes of some pods have the GKE metadata server; without pods, all nodes that could."""
    if seen.autopilot:
        return True
    pools = [pool for pool in seen.node_pools if not pool.windows]
    try:
        nodes = [node["metadata"] for node in reads.nodes() if node["metadata"]["name"] in names]
    except CloudError as error:
        unknown.append(_(_UNREAD_NODES).format(reason=missing_permissions.words(error)))
        nodes = []
    if not nodes:
        return bool(seen.pool) and all(pool.switched for pool in pools)
    return all(NODE_SELECTOR.items() <= dict(node.get("labels") or {}).items() for node in nodes)


def _direct(clouds: Clouds, cluster: ClusterName, runs: Running, unknown: list[str]) -> dict[tuple[str, str], int]:
    """Return the number of roles that each service account has directly on the project."""
    project = cluster.project
    try:
        bindings = risks.bindings_at(clouds, project)
        pool = PoolName(project_number(clouds, project), gke.workload_pool(project))
    except CloudError as error:
        unknown.append(_(_UNREAD_POLICY).format(project=project, reason=missing_permissions.words(error)))
        return {}
    found: dict[tuple[str, str], int] = {}
    for runs_here in runs.controllers:
        account = (runs_here.namespace, runs_here.service_account)
        identity = FederatedIdentity(pool, gke.subject(*account))
        held = [each for each in bindings if any(admits(str(member), identity) for member in each.get("members", ()))]
        found[account] = len(held)
    return found
