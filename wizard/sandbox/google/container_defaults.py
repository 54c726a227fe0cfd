"""What the Container API says of clusters and nodes that nobody chose anything for, as recorded from real ones."""

from __future__ import annotations

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.clusters import VERSION

VERSIONS = ("1.36.0-gke.3302004", "1.35.1-gke.1396002", VERSION, "1.33.1-gke.1107000")
"""The versions that clusters can have, the newest first."""

CHANNELS = {"RAPID": VERSIONS[0], "REGULAR": VERSION, "STABLE": VERSION, "EXTENDED": VERSION}
"""A release channel to the version of its new clusters."""

POD_RANGE = "10.76.0.0/14"
SERVICE_RANGE = "34.118.224.0/20"
RANGE_UTILIZATION = 0.001
"""How much of the range of pods is in use."""

_SCOPE_NAMES = ("devstorage.read_only", "logging.write", "monitoring", "service.management.readonly", "servicecontrol")
SCOPES = [f"https://www.googleapis.com/auth/{scope}" for scope in (*_SCOPE_NAMES, "trace.append")]

NODE: dict[str, JSON] = {
    "diskSizeGb": 100,
    "oauthScopes": SCOPES,
    "metadata": {"disable-legacy-endpoints": "true"},
    "diskType": "pd-balanced",
    "shieldedInstanceConfig": {"enableIntegrityMonitoring": True},
    "kubeletConfig": {"insecureKubeletReadonlyPortEnabled": False, "maxParallelImagePulls": 2},
    "resourceLabels": {"goog-gke-node-pool-provisioning-model": "on-demand"},
    "windowsNodeConfig": {},
    "effectiveCgroupMode": "EFFECTIVE_CGROUP_MODE_V2",
    "bootDisk": {"diskType": "pd-balanced", "sizeGb": "100"},
}

_MONITORED = ("SYSTEM_COMPONENTS", "DAEMONSET", "DEPLOYMENT", "STATEFULSET", "JOBSET", "STORAGE", "HPA", "POD")
_READONLY_PORT: JSON = {"insecureKubeletReadonlyPortEnabled": False}

CLUSTER: dict[str, JSON] = {
    "loggingService": "logging.googleapis.com/kubernetes",
    "monitoringService": "monitoring.googleapis.com/kubernetes",
    "clusterIpv4Cidr": POD_RANGE,
    "addonsConfig": {
        "kubernetesDashboard": {"disabled": True},
        "networkPolicyConfig": {"disabled": True},
        "gcePersistentDiskCsiDriverConfig": {"enabled": True},
    },
    "legacyAbac": {},
    "ipAllocationPolicy": {
        "useIpAliases": True,
        "clusterIpv4Cidr": POD_RANGE,
        "servicesIpv4Cidr": SERVICE_RANGE,
        "clusterIpv4CidrBlock": POD_RANGE,
        "servicesIpv4CidrBlock": SERVICE_RANGE,
        "stackType": "IPV4",
        "podCidrOverprovisionConfig": {},
    },
    "masterAuthorizedNetworksConfig": {"gcpPublicCidrsAccessEnabled": True},
    "maintenancePolicy": {"resourceVersion": "e3b0c442"},
    "binaryAuthorization": {},
    "autoscaling": {"autoscalingProfile": "BALANCED"},
    "networkConfig": {"defaultSnatStatus": {}, "serviceExternalIpsConfig": {}},
    "defaultMaxPodsConstraint": {"maxPodsPerNode": "110"},
    "databaseEncryption": {"state": "DECRYPTED", "currentState": "CURRENT_STATE_DECRYPTED"},
    "shieldedNodes": {"enabled": True},
    "releaseChannel": {"channel": "REGULAR"},
    "notificationConfig": {"pubsub": {}},
    "servicesIpv4Cidr": SERVICE_RANGE,
    "loggingConfig": {"componentConfig": {"enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS"]}},
    "monitoringConfig": {
        "componentConfig": {"enableComponents": [*_MONITORED, "CADVISOR", "KUBELET", "DCGM"]},
        "managedPrometheusConfig": {"enabled": True},
        "advancedDatapathObservabilityConfig": {},
    },
    "nodePoolDefaults": {
        "nodeConfigDefaults": {
            "loggingConfig": {"variantConfig": {"variant": "DEFAULT"}},
            "nodeKubeletConfig": _READONLY_PORT,
        }
    },
    "nodePoolAutoConfig": {"nodeKubeletConfig": _READONLY_PORT},
    "podAutoscaling": {"hpaProfile": "HPA_PROFILE_UNSPECIFIED"},
    "anonymousAuthenticationConfig": {"mode": "ENABLED"},
    "rbacBindingConfig": {
        "enableInsecureBindingSystemUnauthenticated": True,
        "enableInsecureBindingSystemAuthenticated": True,
    },
    "securityPostureConfig": {"mode": "BASIC", "vulnerabilityMode": "VULNERABILITY_MODE_UNSPECIFIED"},
    "enterpriseConfig": {"clusterTier": "STANDARD"},
    "userManagedKeysConfig": {},
}

CLUSTER_SINCE: dict[tuple[int, int], dict[str, JSON]] = {
    (1, 35): {
        "addonsConfig": {"dnsCacheConfig": {"enabled": True}},
        "anonymousAuthenticationConfig": {"mode": "LIMITED"},
        "autoscaling": {
            "autoprovisioningNodePoolDefaults": {
                "oauthScopes": SCOPES,
                "serviceAccount": "default",
                "management": {"autoUpgrade": True, "autoRepair": True},
                "imageType": "COS_CONTAINERD",
            }
        },
        "controlPlaneEgress": {"mode": "VIA_CONTROL_PLANE"},
        "controlPlaneEndpointsConfig": {
            "dnsEndpointConfig": {"enableK8sTokensViaDns": False, "enableK8sCertsViaDns": False}
        },
        "ipAllocationPolicy": {
            "defaultPodIpv4RangeUtilization": RANGE_UTILIZATION,
            "networkTierConfig": {"networkTier": "NETWORK_TIER_DEFAULT"},
        },
        "podAutoscaling": {"hpaProfile": "PERFORMANCE"},
    },
    (1, 36): {
        "addonsConfig": {"nodeReadinessConfig": {}},
        "nodeCreationConfig": {"nodeCreationMode": "VIA_KUBELET"},
    },
}
"""What clusters of newer versions say beside."""

BETA_CLUSTER: dict[str, JSON] = {
    "clusterTelemetry": {"type": "ENABLED"},
    "master": {},
    "privateCluster": True,
    "protectConfig": {
        "workloadConfig": {"auditMode": "BASIC"},
        "workloadVulnerabilityMode": "WORKLOAD_VULNERABILITY_MODE_UNSPECIFIED",
    },
}
"""What only v1beta1 says of a cluster."""

BETA_ADDONS = ("istioConfig", "kalmConfig")
"""Add-ons that only v1beta1 knows."""
