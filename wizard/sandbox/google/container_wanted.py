"""Clusters and node pools as callers ask for them: what is read of the request, and what is refused."""

from __future__ import annotations

import re
from typing import cast

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.clusters import Cluster, MetadataMode, NodePool, workload_pool_of

from .calls import Call
from .container_calls import find_project, place, take, take_objects, take_texts
from .container_defaults import CHANNELS, VERSIONS
from .container_documents import KUBERNETES_EFFECTS
from .container_enums import check_enumerations
from .errors import GoogleError, already_exists, invalid

METADATA_MODES = ("GCE_METADATA", "GKE_METADATA")
MOST_NODES = 1000
"""In one zone of a pool (GKE documentation, "Quotas and limits")."""

_NAME = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")
"""Of a cluster or node pool: at most 40 characters (Container API reference)."""
_LOCATION = re.compile(r"[a-z]+-[a-z]+\d+(-[a-z])?")

SETTABLE: dict[str, type] = {
    **dict.fromkeys(("description", "loggingService", "monitoringService"), str),
    **dict.fromkeys(("addonsConfig", "authenticatorGroupsConfig", "binaryAuthorization"), dict),
    **dict.fromkeys(("costManagementConfig", "databaseEncryption", "loggingConfig", "meshCertificates"), dict),
    **dict.fromkeys(("monitoringConfig", "notificationConfig", "releaseChannel", "securityPostureConfig"), dict),
    **dict.fromkeys(("shieldedNodes", "verticalPodAutoscaling"), dict),
}
"""The fields of a cluster that are kept as they were asked for, and have no other effect in the sandbox."""

_POOL_FIELDS = ("autoscaling", "management", "maxPodsConstraint")
_EXTERNAL = "LOAD_BALANCER_TYPE_EXTERNAL"
_NODE_FIELDS_OF_THEIR_OWN = (
    *("machineType", "serviceAccount", "imageType", "labels", "taints", "workloadMetadataConfig", "bootDisk"),
)


def new_cluster(call: Call) -> Cluster:
    """The cluster that a call asks for, which is not in the world yet; GoogleError 400, 403 or 409."""
    project = find_project(call, "container.clusters.create")
    wanted = call.part("cluster")
    check_enumerations(call, "Cluster", "cluster", wanted)
    location = call.params["location"]
    if not _LOCATION.fullmatch(location):
        raise invalid(f'Location "{location}" does not exist.')
    name = take(wanted, "name", str, "")
    check_name("cluster.name", name)
    if call.world.clusters.find(project.id, location, name) is not None:
        raise already_exists(f"Already exists: {place(project.id, call)}/clusters/{name}.")
    autopilot = take(take(wanted, "autopilot", dict, {}), "enabled", bool, False)
    cluster = Cluster(project, name, location, call.world.clock(), autopilot)
    cluster.network_policy = take(take(wanted, "networkPolicy", dict, {}), "enabled", bool, False)
    cluster.resource_labels = take_texts(wanted, "resourceLabels")
    cluster.zones = _zones(wanted)
    cluster.version = _version(wanted)
    cluster.settings = _settings(wanted)
    if autopilot or take(wanted, "workloadIdentityConfig", dict, {}):
        cluster.workload_pool = wanted_pool(wanted, "workloadIdentityConfig", cluster)
    _read_network(wanted, cluster)
    check_network_policy(cluster.network_policy, cluster.dataplane_v2)
    for pool in _first_pools(call, cluster, wanted):
        cluster.node_pools[pool.name] = pool
    return cluster


def new_node_pool(call: Call, cluster: Cluster, wanted: dict[str, JSON]) -> NodePool:
    """The node pool that a call asks for, which is not in the cluster yet; GoogleError 400.

    In a cluster that is in a workload identity pool it gets GKE_METADATA unasked (recorded).
    """
    config = take(wanted, "config", dict, {})
    pool = NodePool(take(wanted, "name", str, ""))
    check_name("node_pool.name", pool.name)
    pool.machine_type = take(config, "machineType", str, "") or pool.machine_type
    pool.service_account = take(config, "serviceAccount", str, "") or pool.service_account
    pool.image_type = take(config, "imageType", str, "") or pool.image_type
    pool.labels = take_texts(config, "labels")
    pool.taints = wanted_taints(config)
    pool.node_settings = {key: value for key, value in config.items() if key not in _NODE_FIELDS_OF_THEIR_OWN}
    if take(config, "spot", bool, False):
        pool.node_settings["resourceLabels"] = {"goog-gke-node-pool-provisioning-model": "spot"}
    take(pool.node_settings, "diskSizeGb", int, 0)
    take(pool.node_settings, "diskType", str, "")
    pool.settings = {key: kept(take(wanted, key, dict, {})) for key in _POOL_FIELDS if key in wanted}
    if "autoscaling" in pool.settings:
        pool.settings["autoscaling"] = wanted_autoscaling(wanted, "autoscaling")
    if network := take(wanted, "networkConfig", dict, {}):
        pool.settings["networkConfig"] = _relative(network)
    pool.upgrade_settings |= take(wanted, "upgradeSettings", dict, {})
    pool.zones = _zones(wanted) or tuple(cluster.node_zones)
    pool.nodes = wanted_count(wanted, "initialNodeCount") * len(pool.zones)
    pool.mode = "GKE_METADATA" if cluster.workload_pool and not pool.windows else None
    if take(config, "workloadMetadataConfig", dict, {}):
        pool.mode = wanted_mode(config, cluster, pool)
    _check_account(call, cluster, pool)
    _check_tags(config, cluster)
    return pool


def check_network_policy(enabled: bool, dataplane_v2: bool) -> None:
    """Refuse Calico where GKE Dataplane V2 enforces network policies itself (GoogleError 400)."""
    if enabled and dataplane_v2:
        raise invalid("Network policy cannot be enabled on a cluster with GKE Dataplane V2, which always enforces it.")


def check_name(field: str, name: str) -> None:
    """Refuse a name that clusters and node pools cannot have (GoogleError 400)."""
    if not _NAME.fullmatch(name):
        raise invalid(f'Invalid value for field "{field}": "{name}".')


def wanted_pool(document: dict[str, JSON], key: str, cluster: Cluster) -> str | None:
    """The workload identity pool that is asked for, None for none; GoogleError 400 for any but the project's own."""
    pool = take(document, key, dict, {}).get("workloadPool", "")
    if cluster.autopilot and pool == "" and key == "workloadIdentityConfig":
        return workload_pool_of(cluster.project)
    if not isinstance(pool, str) or pool not in ("", workload_pool_of(cluster.project)):
        raise invalid(f"The workload pool of this cluster can only be {workload_pool_of(cluster.project)}.")
    if not pool and cluster.autopilot:
        raise invalid("Workload Identity cannot be switched off on an Autopilot cluster.")
    return pool or None


def wanted_mode(document: dict[str, JSON], cluster: Cluster, pool: NodePool) -> MetadataMode:
    """The metadata mode that is asked for; GoogleError 400 where it is none, or is not possible."""
    mode = take(document, "workloadMetadataConfig", dict, {}).get("mode")
    if mode not in METADATA_MODES:
        kind = "type.googleapis.com/google.container.v1.WorkloadMetadataConfig.Mode"
        raise invalid(f"Invalid value at 'workload_metadata_config.mode' ({kind}), \"{mode}\"")
    if mode == "GKE_METADATA" and not cluster.workload_pool:
        raise invalid("GKE_METADATA needs a cluster with Workload Identity.")
    if mode == "GKE_METADATA" and pool.windows:
        raise invalid("GKE_METADATA is not possible on Windows nodes.")
    return cast(MetadataMode, mode)


def wanted_taints(document: dict[str, JSON]) -> list[dict[str, str]]:
    """The taints that are asked for, as Kubernetes writes them; GoogleError 400."""
    taints = []
    for each in take_objects(document, "taints"):
        effect = KUBERNETES_EFFECTS.get(take(each, "effect", str, ""))
        if effect is None:
            raise invalid("Invalid value at 'taints.effect'.")
        taints.append({"key": take(each, "key", str, ""), "value": take(each, "value", str, ""), "effect": effect})
    return taints


def wanted_count(document: dict[str, JSON], key: str) -> int:
    """A number of nodes in each zone, 0 where there is none; GoogleError 400 for one that cannot be."""
    count = take(document, key, int, 0)
    if not 0 <= count <= MOST_NODES:
        raise invalid(f"Invalid value at '{key}'.")
    return count


def wanted_autoscaling(document: dict[str, JSON], key: str) -> dict[str, JSON]:
    """How a pool is to scale, as it is answered: with a policy, and without the numbers that are zero (recorded)."""
    asked = kept(take(document, key, dict, {}))
    numbers = {name: value for name, value in asked.items() if value != 0}
    return {"locationPolicy": "BALANCED", **numbers} if numbers.get("enabled") else numbers


def wanted_addons(document: dict[str, JSON], key: str) -> dict[str, JSON]:
    """The add-ons that are asked for, as they are answered: Cloud Run has a load balancer of some type (recorded)."""
    addons = kept(take(document, key, dict, {}))
    if isinstance(addons.get("cloudRunConfig"), dict):
        addons["cloudRunConfig"] = {"loadBalancerType": _EXTERNAL, **addons["cloudRunConfig"]}
    return dict(addons)


def kept(document: JSON) -> JSON:
    """A document without the values that JSON leaves out because they are the defaults (recorded): false and ""."""
    if not isinstance(document, dict):
        return document
    return {key: kept(value) for key, value in document.items() if value is not False and value not in ("", [])}


def _settings(wanted: dict[str, JSON]) -> dict[str, JSON]:
    settings = {key: kept(take(wanted, key, kind, kind())) for key, kind in SETTABLE.items() if wanted.get(key)}
    if "addonsConfig" in settings:
        # New clusters get this driver even where it is refused; an update removes it (recorded).
        driver = {"gcePersistentDiskCsiDriverConfig": {"enabled": True}}
        settings["addonsConfig"] = {**wanted_addons(wanted, "addonsConfig"), **driver}
    return settings


def _relative(network: dict[str, JSON]) -> dict[str, JSON]:
    """A pool's network as it is answered: its subnetwork by name, not by URL (recorded)."""
    subnetwork = take(network, "subnetwork", str, "")
    return {**network, "subnetwork": subnetwork[subnetwork.find("projects/") :]} if subnetwork else network


def _first_pools(call: Call, cluster: Cluster, wanted: dict[str, JSON]) -> list[NodePool]:
    """The pools that a cluster starts with: a list, or the older fields for one that is called default-pool."""
    pools = take_objects(wanted, "nodePools")
    if not pools:
        config = take(wanted, "nodeConfig", dict, {})
        pools = [{"name": "default-pool", "config": config, "initialNodeCount": wanted.get("initialNodeCount")}]
    elif wanted.get("nodeConfig") or wanted.get("initialNodeCount"):
        raise invalid("cluster.node_config and cluster.initial_node_count cannot be set with cluster.node_pools.")
    made = [new_node_pool(call, cluster, each) for each in pools]
    if len({pool.name for pool in made}) < len(made):
        raise invalid("The names of node pools must differ.")
    return made


def _read_network(wanted: dict[str, JSON], cluster: Cluster) -> None:
    cluster.network = take(wanted, "network", str, "").rpartition("/")[2] or cluster.network
    cluster.subnetwork = take(wanted, "subnetwork", str, "").rpartition("/")[2] or cluster.subnetwork
    config = take(wanted, "networkConfig", dict, {})
    cluster.dataplane_v2 = config.get("datapathProvider") == "ADVANCED_DATAPATH"
    private = take(wanted, "privateClusterConfig", dict, {})
    by_ip = take(take(wanted, "controlPlaneEndpointsConfig", dict, {}), "ipEndpointsConfig", dict, {})
    if private.get("enablePrivateEndpoint") is True or by_ip.get("enablePublicEndpoint") is False:
        cluster.private_endpoint = "10.128.0.2"


def _zones(wanted: dict[str, JSON]) -> tuple[str, ...]:
    zones = take(wanted, "locations", list, [])
    if not all(isinstance(zone, str) and _LOCATION.fullmatch(zone) for zone in zones):
        raise invalid("Invalid value at 'locations'.")
    return tuple(zones)


def _version(wanted: dict[str, JSON]) -> str:
    """The version that is asked for, by the beginning of its name, or that of the release channel."""
    channel = take(take(wanted, "releaseChannel", dict, {}), "channel", str, "REGULAR")
    asked = take(wanted, "initialClusterVersion", str, "")
    if asked in ("", "-"):
        return CHANNELS.get(channel, CHANNELS["REGULAR"])
    if asked == "latest":
        return VERSIONS[0]
    fitting = [version for version in VERSIONS if version == asked or version.startswith((f"{asked}.", f"{asked}-"))]
    if not fitting:
        raise invalid(f'Master version "{asked}" is unsupported.')
    return fitting[0]


def _check_account(call: Call, cluster: Cluster, pool: NodePool) -> None:
    """Refuse a service account that nodes cannot have (GoogleError 400 in reported words).

    It must exist, and the caller must be allowed to act as it.
    """
    cluster.add_node_account(pool)
    email = cluster.node_account(pool)
    for project in call.world.projects:
        account = project.service_accounts.get(email)
        if account is not None:
            break
    else:
        raise invalid(f'Service account "{email}" does not exist.')
    if not call.allowed("iam.serviceAccounts.actAs", project, account.policy, account.name):
        raise GoogleError(
            400, "INVALID_ARGUMENT", f'The user does not have access to service account "{pool.service_account}".'
        )


def _check_tags(config: dict[str, JSON], cluster: Cluster) -> None:
    """Refuse every resource manager tag (GoogleError 403, recorded): the sandbox has no tag keys."""
    tags = take_texts(take(config, "resourceManagerTags", dict, {}), "tags")
    for key in tags:
        agent = f"service-{cluster.project.number}@container-engine-robot.iam.gserviceaccount.com"
        message = f'Permission denied: for {agent} on TagKey "{key}" (or it may not exist).'
        raise GoogleError(403, "PERMISSION_DENIED", message)
