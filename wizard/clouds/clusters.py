"""What the Container API tells of a cluster, as far as Workload Identity Federation for GKE is concerned."""

from __future__ import annotations

from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.google import Google
from wizard.federation.gke import ClusterName

Json = dict[str, Any]

WITH_POOL = "GKE_METADATA"
"""The metadata mode of a node pool whose pods have their Kubernetes service account's identity."""


def read(google: Google, cluster: ClusterName) -> Json:
    """The cluster as the Container API answers it. Raises CloudError; its hint says what to do about a wrong name."""
    try:
        return google.call("container", "GET", f"/v1/{cluster.name}")
    except CloudError as error:
        if not error.service_disabled:
            error.hint = _hint(google, cluster, error) or error.hint
        raise


def is_autopilot(found: Json) -> bool:
    """Whether it is an Autopilot cluster, in which Workload Identity Federation for GKE is always on."""
    return bool(found.get("autopilot", {}).get("enabled"))


def workload_pool(found: Json) -> str | None:
    """The cluster's workload identity pool; None where it is off."""
    return found.get("workloadIdentityConfig", {}).get("workloadPool") or None


def node_pool(found: Json, name: str) -> Json | None:
    """One of the cluster's node pools."""
    return next((each for each in found.get("nodePools", ()) if each.get("name") == name), None)


def metadata_mode(pool: Json) -> str | None:
    """The metadata mode of a node pool; None where nobody asked for one, as on clusters without a workload pool."""
    config = pool.get("config", {}).get("workloadMetadataConfig", {})
    return config.get("mode") or None


def endpoints(found: Json) -> set[str]:
    """Every host (HOST or HOST:PORT) at which the cluster's Kubernetes API may be."""
    private = found.get("privateClusterConfig", {})
    control = found.get("controlPlaneEndpointsConfig", {})
    by_ip = control.get("ipEndpointsConfig", {})
    hosts = [found.get("endpoint"), private.get("privateEndpoint"), private.get("publicEndpoint")]
    hosts += [by_ip.get("privateEndpoint"), by_ip.get("publicEndpoint"), dns_endpoint(found)]
    return {host for host in hosts if host}


def dns_endpoint(found: Json) -> str | None:
    """The host name that leads to the control plane from everywhere, where the cluster allows that."""
    config = found.get("controlPlaneEndpointsConfig", {}).get("dnsEndpointConfig", {})
    return config.get("endpoint") if config.get("allowExternalTraffic") else None


def is_private(found: Json) -> bool:
    """Whether the address of the control plane can be reached from its own network only."""
    by_ip = found.get("controlPlaneEndpointsConfig", {}).get("ipEndpointsConfig", {})
    return bool(
        found.get("privateClusterConfig", {}).get("enablePrivateEndpoint")
        or (by_ip and by_ip.get("enablePublicEndpoint", True) is False)
    )


def _hint(google: Google, cluster: ClusterName, error: CloudError) -> str:
    if error.status == 403:
        return (
            f"check google.project, or ask for container.clusters.get on {cluster.project} "
            "(roles/container.clusterViewer)"
        )
    if error.status != 404:
        return ""
    there = _others(google, cluster.project)
    if there is None:
        return "check gke.cluster and gke.location"
    return f"clusters in {cluster.project}: {', '.join(there)}" if there else f"{cluster.project} has no cluster"


def _others(google: Google, project: str) -> list[str] | None:
    try:
        found = google.call("container", "GET", f"/v1/projects/{project}/locations/-/clusters")
    except CloudError:  # this call only helps to explain the refusal of another
        return None
    return [f"{each.get('name')} in {each.get('location')}" for each in found.get("clusters", ())]
