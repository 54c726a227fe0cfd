"""Clusters and node pools as the Container API v1 answers them; keys and defaults as recorded from real ones."""

from __future__ import annotations

from hashlib import sha256

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.clusters import VERSION, Cluster, NodePool

HOST = "https://container.googleapis.com/v1"
COMPUTE = "https://www.googleapis.com/compute/v1"
POD_RANGE = "10.76.0.0/14"
SERVICE_RANGE = "34.118.224.0/20"

_SCOPES = ("devstorage.read_only", "logging.write", "monitoring", "service.management.readonly", "servicecontrol")
_NODE_CONFIG: dict[str, JSON] = {
    "diskSizeGb": 100,
    "oauthScopes": [f"https://www.googleapis.com/auth/{scope}" for scope in (*_SCOPES, "trace.append")],
    "metadata": {"disable-legacy-endpoints": "true"},
    "imageType": "COS_CONTAINERD",
    "diskType": "pd-balanced",
    "shieldedInstanceConfig": {"enableIntegrityMonitoring": True},
    "kubeletConfig": {"insecureKubeletReadonlyPortEnabled": False, "maxParallelImagePulls": 2},
    "resourceLabels": {"goog-gke-node-pool-provisioning-model": "on-demand"},
    "windowsNodeConfig": {},
    "effectiveCgroupMode": "EFFECTIVE_CGROUP_MODE_V2",
    "bootDisk": {"diskType": "pd-balanced", "sizeGb": "100"},
}
_EFFECTS = {
    "NoSchedule": "NO_SCHEDULE",
    "PreferNoSchedule": "PREFER_NO_SCHEDULE",
    "NoExecute": "NO_EXECUTE",
}
"""The effects of taints as the Container API spells them."""
_CLUSTER: dict[str, JSON] = {
    "loggingService": "logging.googleapis.com/kubernetes",
    "monitoringService": "monitoring.googleapis.com/kubernetes",
    "network": "default",
    "clusterIpv4Cidr": POD_RANGE,
    "addonsConfig": {
        "kubernetesDashboard": {"disabled": True},
        "networkPolicyConfig": {"disabled": True},
        "gcePersistentDiskCsiDriverConfig": {"enabled": True},
    },
    "subnetwork": "default",
    "labelFingerprint": "a9dc16a7",
    "legacyAbac": {},
    "ipAllocationPolicy": {
        "useIpAliases": True,
        "clusterIpv4Cidr": POD_RANGE,
        "servicesIpv4Cidr": SERVICE_RANGE,
        "stackType": "IPV4",
    },
    "masterAuthorizedNetworksConfig": {"gcpPublicCidrsAccessEnabled": True},
    "maintenancePolicy": {"resourceVersion": "e3b0c442"},
    "binaryAuthorization": {},
    "autoscaling": {"autoscalingProfile": "BALANCED"},
    "defaultMaxPodsConstraint": {"maxPodsPerNode": "110"},
    "databaseEncryption": {"state": "DECRYPTED", "currentState": "CURRENT_STATE_DECRYPTED"},
    "shieldedNodes": {"enabled": True},
    "releaseChannel": {"channel": "REGULAR"},
    "notificationConfig": {"pubsub": {}},
    "initialClusterVersion": VERSION,
    "currentMasterVersion": VERSION,
    "currentNodeVersion": VERSION,
    "servicesIpv4Cidr": SERVICE_RANGE,
    "securityPostureConfig": {"mode": "BASIC", "vulnerabilityMode": "VULNERABILITY_MODE_UNSPECIFIED"},
    "enterpriseConfig": {"clusterTier": "STANDARD"},
}


def zones(cluster: Cluster, nodes: int) -> list[str]:
    """The zones that a pool of that many nodes is spread over, evenly: of a region, three, two or one."""
    if cluster.zonal:
        return [cluster.location]
    count = next(count for count in (3, 2, 1) if nodes % count == 0)
    return [f"{cluster.location}-{letter}" for letter in "abc"[:count]]


def self_link(cluster: Cluster, project: str) -> str:
    """The URL of a cluster; `project` is an id in the cluster's own answers, a number in those of its operations."""
    return f"{location_link(cluster, project)}/clusters/{cluster.name}"


def location_link(cluster: Cluster, project: str) -> str:
    """The URL of a cluster's location, which is called a zone where it is one (recorded)."""
    kind = "zones" if cluster.zonal else "locations"
    return f"{HOST}/projects/{project}/{kind}/{cluster.location}"


def node_config(cluster: Cluster, pool: NodePool) -> JSON:
    """The configuration of a pool's nodes; no workloadMetadataConfig where nobody asked for a mode (recorded)."""
    config = {**_NODE_CONFIG, "machineType": pool.machine_type, "serviceAccount": pool.service_account}
    config["imageType"] = pool.image_type
    if pool.labels:
        config["labels"] = dict(pool.labels)
    if pool.taints:
        config["taints"] = [{**taint, "effect": _EFFECTS[taint["effect"]]} for taint in pool.taints]
    mode = "GKE_METADATA" if cluster.autopilot else pool.mode
    return config if mode is None else {**config, "workloadMetadataConfig": {"mode": mode}}


def node_pool_document(cluster: Cluster, pool: NodePool) -> dict[str, JSON]:
    """A node pool; initialNodeCount counts the nodes of one zone, as GKE does."""
    where = zones(cluster, pool.nodes)
    return {
        "name": pool.name,
        "config": node_config(cluster, pool),
        "initialNodeCount": pool.nodes // len(where),
        "management": {"autoUpgrade": True, "autoRepair": True},
        "maxPodsConstraint": {"maxPodsPerNode": "110"},
        "podIpv4CidrSize": 24,
        "locations": where,
        "networkConfig": {"podIpv4CidrBlock": POD_RANGE, "podRange": f"gke-{cluster.name}-pods-{cluster.id[:8]}"},
        "selfLink": f"{self_link(cluster, cluster.project.id)}/nodePools/{pool.name}",
        "version": VERSION,
        "instanceGroupUrls": [_instance_group(cluster, pool, zone) for zone in where],
        "status": pool.status,
        "upgradeSettings": pool.upgrade_settings,
        "etag": pool.etag,
    }


def cluster_document(cluster: Cluster) -> dict[str, JSON]:
    """A cluster; workloadIdentityConfig is there when it is on, which it always is on Autopilot (recorded)."""
    pools = [node_pool_document(cluster, pool) for pool in cluster.node_pools.values()]
    document = {
        "name": cluster.name,
        **_first_pool(cluster),
        **_CLUSTER,
        "nodePools": pools,
        "locations": zones(cluster, 3),
        "selfLink": self_link(cluster, cluster.project.id),
        "zone": cluster.location,
        "location": cluster.location,
        "createTime": cluster.created.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        "status": cluster.status,
        "instanceGroupUrls": [url for pool in pools for url in pool["instanceGroupUrls"]],
        "currentNodeCount": sum(pool.nodes for pool in cluster.node_pools.values()),
        "autopilot": {"enabled": True} if cluster.autopilot else {},
        "id": cluster.id,
        "etag": cluster.etag,
        **_control_plane(cluster),
    }
    if cluster.resource_labels:
        document["resourceLabels"] = cluster.resource_labels
    if cluster.dataplane_v2 or cluster.autopilot:
        document["networkConfig"] = {**document.get("networkConfig", {}), "datapathProvider": "ADVANCED_DATAPATH"}
    if cluster.network_policy:
        document["networkPolicy"] = {"provider": "CALICO", "enabled": True}
    if cluster.workload_pool:
        document["workloadIdentityConfig"] = {"workloadPool": cluster.workload_pool}
    return document


def _first_pool(cluster: Cluster) -> dict[str, JSON]:
    """What the API repeats of the first pool for old clients, with its mode."""
    pool = next(iter(cluster.node_pools.values()), None)
    if pool is None:
        return {}
    first = node_pool_document(cluster, pool)
    return {"initialNodeCount": first["initialNodeCount"], "nodeConfig": first["config"]}


def _control_plane(cluster: Cluster) -> dict[str, JSON]:
    """Where the Kubernetes API is: its public endpoint, or, of a private cluster, the one inside its network."""
    auth: dict[str, JSON] = {"clientCertificateConfig": {}}
    if cluster.ca:
        auth["clusterCaCertificate"] = cluster.ca
    public = not cluster.private_endpoint
    endpoint = cluster.endpoint if public else cluster.private_endpoint
    if not endpoint:
        return {"masterAuth": auth}
    kind = "publicEndpoint" if public else "privateEndpoint"
    only = {} if public else {"enablePrivateNodes": True, "enablePrivateEndpoint": True}
    return {
        "masterAuth": auth,
        "endpoint": endpoint,
        "privateClusterConfig": {**only, kind: endpoint},
        "controlPlaneEndpointsConfig": {
            "dnsEndpointConfig": {"allowExternalTraffic": False},
            "ipEndpointsConfig": {"enabled": True, "enablePublicEndpoint": public, kind: endpoint},
        },
    }


def _instance_group(cluster: Cluster, pool: NodePool, zone: str) -> str:
    tail = sha256(f"{cluster.id}/{pool.name}/{zone}".encode()).hexdigest()[:8]
    group = f"gke-{cluster.name[:20]}-{pool.name[:20]}-{tail}-grp"
    return f"{COMPUTE}/projects/{cluster.project.id}/zones/{zone}/instanceGroupManagers/{group}"
