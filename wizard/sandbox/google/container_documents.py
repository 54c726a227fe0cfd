"""Clusters and node pools as the Container API answers them, in v1 and v1beta1; keys and defaults as recorded.

Documents are built as v1beta1 answers them; v1 answers the same without what it does not know.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from wizard.sandbox.json_value import JSON, copied
from wizard.sandbox.model.clusters import Cluster, NodePool, issuer

from .container_defaults import BETA_ADDONS, BETA_CLUSTER, CLUSTER, CLUSTER_SINCE, NODE, POD_RANGE, RANGE_UTILIZATION

HOST = "https://container.googleapis.com"
COMPUTE = "https://www.googleapis.com/compute/v1"
STABLE = "v1"

_EFFECTS = {
    "NoSchedule": "NO_SCHEDULE",
    "PreferNoSchedule": "PREFER_NO_SCHEDULE",
    "NoExecute": "NO_EXECUTE",
}
"""The effects of taints as the Container API spells them."""
KUBERNETES_EFFECTS = {theirs: ours for ours, theirs in _EFFECTS.items()}
"""The same, the other way round."""

_NO_LABELS = "a9dc16a7"
"""The fingerprint of a cluster without labels (reported)."""


def over(base: JSON, changes: Mapping[str, JSON]) -> dict[str, JSON]:
    """`base` with the changes; objects inside are merged, anything else is replaced."""
    result = copied(base) if isinstance(base, dict) else {}
    for key, value in changes.items():
        result[key] = over(result.get(key), value) if isinstance(value, dict) else copied(value)
    return result


def chosen(base: Mapping[str, JSON], settings: Mapping[str, JSON]) -> dict[str, JSON]:
    """`base` with what callers chose: of a field that is an object, each part replaces the one that was there."""
    result = dict(base)
    for key, value in settings.items():
        before = result.get(key)
        result[key] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value
    return result


def label_fingerprint(cluster: Cluster) -> str:
    """What a caller must send to change the cluster's labels; it changes with them."""
    if not cluster.resource_labels:
        return _NO_LABELS
    return sha256(json.dumps(cluster.resource_labels, sort_keys=True).encode()).hexdigest()[:8]


def location_link(cluster: Cluster, project: str, version: str) -> str:
    """The URL of a cluster's location, which is called a zone where it is one (recorded)."""
    kind = "zones" if cluster.zonal else "locations"
    return f"{HOST}/{version}/projects/{project}/{kind}/{cluster.location}"


def self_link(cluster: Cluster, project: str, version: str) -> str:
    """The URL of a cluster; `project` is an id in the cluster's own answers, a number in those of its operations."""
    return f"{location_link(cluster, project, version)}/clusters/{cluster.name}"


def node_pool_document(cluster: Cluster, pool: NodePool, version: str = STABLE) -> dict[str, JSON]:
    """A node pool; initialNodeCount counts the nodes of one zone, as GKE does, and is not there for none."""
    zones = cluster.pool_zones(pool)
    document = {
        "name": pool.name,
        "config": _node_config(cluster, pool, version),
        "initialNodeCount": pool.nodes // len(zones),
        "management": {"autoUpgrade": True, "autoRepair": True},
        "maxPodsConstraint": {"maxPodsPerNode": "110"},
        "podIpv4CidrSize": 24,
        "locations": zones,
        "networkConfig": _pool_network(cluster),
        "selfLink": f"{self_link(cluster, cluster.project.id, version)}/nodePools/{pool.name}",
        "version": cluster.version,
        "instanceGroupUrls": [_instance_group(cluster, pool, zone) for zone in zones],
        "status": pool.status,
        "upgradeSettings": pool.upgrade_settings,
        "etag": pool.etag,
    }
    if not document["initialNodeCount"]:
        del document["initialNodeCount"]
    return chosen(document, pool.settings)


def cluster_document(cluster: Cluster, version: str = STABLE) -> dict[str, JSON]:
    """A cluster; workloadIdentityConfig is there when it is on, which it always is on Autopilot (recorded)."""
    pools = [node_pool_document(cluster, pool, version) for pool in cluster.node_pools.values()]
    if _minor(cluster) >= (1, 35):
        for pool in pools:
            pool["networkConfig"]["podIpv4RangeUtilization"] = RANGE_UTILIZATION
    document = over(_settled(cluster), _fixed(cluster, version))
    document["nodePools"] = pools
    document["instanceGroupUrls"] = [url for pool in pools for url in pool["instanceGroupUrls"]]
    if pools:
        # What the API repeats of the first pool for old clients.
        document["nodeConfig"] = pools[0]["config"]
        if "initialNodeCount" in pools[0]:
            document["initialNodeCount"] = pools[0]["initialNodeCount"]
    document = over(document, _control_plane(cluster))
    if cluster.workload_pool:
        document["workloadIdentityConfig"] = _workload_identity(cluster, version)
    if version != STABLE:
        return over(document, BETA_CLUSTER)
    for name in BETA_ADDONS:
        document["addonsConfig"].pop(name, None)
    return document


def _minor(cluster: Cluster) -> tuple[int, int]:
    major, minor, _ = cluster.version.split(".", 2)
    return int(major), int(minor)


def _settled(cluster: Cluster) -> dict[str, JSON]:
    """The defaults for the cluster's version, with what callers chose."""
    document = over({}, CLUSTER)
    for since, more in CLUSTER_SINCE.items():
        if _minor(cluster) >= since:
            document = over(document, more)
    return chosen(document, cluster.settings)


def _fixed(cluster: Cluster, version: str) -> dict[str, JSON]:
    """What belongs to this cluster alone."""
    project = cluster.project.id
    network = {
        "network": f"projects/{project}/global/networks/{cluster.network}",
        "subnetwork": _subnetwork(cluster),
    }
    if cluster.dataplane_v2 or cluster.autopilot:
        network["datapathProvider"] = "ADVANCED_DATAPATH"
    fixed: dict[str, JSON] = {
        "name": cluster.name,
        "network": cluster.network,
        "subnetwork": cluster.subnetwork,
        "networkConfig": network,
        "ipAllocationPolicy": {"clusterSecondaryRangeName": _pod_range(cluster)},
        "labelFingerprint": label_fingerprint(cluster),
        "locations": cluster.node_zones,
        "selfLink": self_link(cluster, project, version),
        "zone": cluster.location,
        "location": cluster.location,
        "createTime": cluster.created.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        "status": cluster.status,
        "initialClusterVersion": cluster.version,
        "currentMasterVersion": cluster.version,
        "currentNodeVersion": cluster.version,
        "currentNodeCount": sum(pool.nodes for pool in cluster.node_pools.values()),
        "autopilot": {"enabled": True} if cluster.autopilot else {},
        "id": cluster.id,
        "etag": cluster.etag,
    }
    if cluster.resource_labels:
        fixed["resourceLabels"] = cluster.resource_labels
    if cluster.network_policy:
        fixed["networkPolicy"] = {"provider": "CALICO", "enabled": True}
    return fixed


def _node_config(cluster: Cluster, pool: NodePool, version: str) -> JSON:
    """The configuration of a pool's nodes; no workloadMetadataConfig where nobody asked for a mode (recorded)."""
    config = chosen(NODE, pool.node_settings)
    config["bootDisk"] = {"diskType": config["diskType"], "sizeGb": str(config["diskSizeGb"])}
    config["machineType"] = pool.machine_type
    config["serviceAccount"] = pool.service_account
    config["imageType"] = pool.image_type
    if pool.labels:
        config["labels"] = dict(pool.labels)
    if pool.taints:
        config["taints"] = [{**taint, "effect": _EFFECTS[taint["effect"]]} for taint in pool.taints]
    if _minor(cluster) >= (1, 36):
        image = f"gke-{cluster.version.replace('.', '')}-cos"
        config["nodeImageConfig"] = {"image": image, "imageProject": "gke-node-images"}
    mode = "GKE_METADATA" if cluster.autopilot else pool.mode
    if mode is not None:
        config["workloadMetadataConfig"] = {"mode": mode}
        if version != STABLE:
            config["workloadMetadataConfig"]["nodeMetadata"] = _NODE_METADATA[mode]
    return config


_NODE_METADATA = {"GKE_METADATA": "GKE_METADATA_SERVER", "GCE_METADATA": "EXPOSE"}
"""A mode to the name that v1beta1 had for it before (the first recorded, the second documented)."""


def _workload_identity(cluster: Cluster, version: str) -> dict[str, JSON]:
    config: dict[str, JSON] = {"workloadPool": cluster.workload_pool}
    if version != STABLE:
        config |= {"identityNamespace": cluster.workload_pool, "identityProvider": issuer(cluster)}
    return config


def _subnetwork(cluster: Cluster) -> str:
    return f"projects/{cluster.project.id}/regions/{cluster.region}/subnetworks/{cluster.subnetwork}"


def _pod_range(cluster: Cluster) -> str:
    return f"gke-{cluster.name}-pods-{cluster.id[:8]}"


def _pool_network(cluster: Cluster) -> dict[str, JSON]:
    network: dict[str, JSON] = {
        "podRange": _pod_range(cluster),
        "podIpv4CidrBlock": POD_RANGE,
        "subnetwork": _subnetwork(cluster),
    }
    if _minor(cluster) >= (1, 35):
        network["networkTierConfig"] = {"networkTier": "NETWORK_TIER_DEFAULT"}
    return network


def _control_plane(cluster: Cluster) -> dict[str, JSON]:
    """Where the Kubernetes API is: its public endpoint, or, of a private cluster, the one inside its network."""
    auth: dict[str, JSON] = {"clientCertificateConfig": {}}
    if cluster.ca:
        auth["clusterCaCertificate"] = cluster.ca
    public = not cluster.private_endpoint
    endpoint = cluster.endpoint if public else cluster.private_endpoint
    if not endpoint or cluster.status == "PROVISIONING":
        return {"masterAuth": auth}
    places = {"privateEndpoint": cluster.private_endpoint or _inner_address(cluster)}
    if public:
        places["publicEndpoint"] = endpoint
    private = {} if public else {"enablePrivateNodes": True, "enablePrivateEndpoint": True}
    authorized = {"gcpPublicCidrsAccessEnabled": True}
    by_ip = {"enabled": True, "enablePublicEndpoint": public, "authorizedNetworksConfig": authorized, **places}
    return {
        "masterAuth": auth,
        "endpoint": endpoint,
        "privateClusterConfig": {**private, **places},
        "controlPlaneEndpointsConfig": {
            "dnsEndpointConfig": {"allowExternalTraffic": False, "endpoint": _dns_name(cluster)},
            "ipEndpointsConfig": by_ip,
        },
    }


def _inner_address(cluster: Cluster) -> str:
    """The address of the control plane inside of the cluster's network; nobody can reach it."""
    return f"10.128.0.{2 + int(cluster.id[:8], 16) % 250}"


def _dns_name(cluster: Cluster) -> str:
    tail = cluster.location if cluster.zonal else cluster.region
    return f"gke-{cluster.id[:36]}-{cluster.project.number}.{tail}.gke.goog"


def _instance_group(cluster: Cluster, pool: NodePool, zone: str) -> str:
    tail = sha256(f"{cluster.id}/{pool.name}/{zone}".encode()).hexdigest()[:8]
    group = f"gke-{cluster.name[:20]}-{pool.name[:20]}-{tail}-grp"
    return f"{COMPUTE}/projects/{cluster.project.id}/zones/{zone}/instanceGroupManagers/{group}"
