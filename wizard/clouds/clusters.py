"""Reads the properties of a cluster that matter for Workload Identity Federation for GKE from the Container API."""

from __future__ import annotations

from wizard.clouds.errors import CloudError
from wizard.clouds.google import Google, Json
from wizard.federation.gke import ClusterName
from wizard.language import _

WITH_POOL = "GKE_METADATA"
"""The metadata mode of node pools that give pods the identity of their Kubernetes service account."""

WITHOUT_POOL = "GCE_METADATA"
"""The metadata mode of node pools whose pods act as their nodes; it is that of a node pool without a mode."""


def read(google: Google, cluster: ClusterName) -> Json:
    """Return the cluster as the Container API does. Raises CloudError, with a hint that names the fix."""
    try:
        return google.call("container", "GET", f"/v1/{cluster.name}")
    except CloudError as error:
        if not error.service_disabled:
            error.hint = _hint(google, cluster, error) or error.hint
        raise


def is_autopilot(found: Json) -> bool:
    """Return whether it is an Autopilot cluster, where Workload Identity Federation for GKE is always on."""
    return bool(found.get("autopilot", {}).get("enabled"))


def is_idle(found: Json) -> bool:
    """Return whether no operation changes the cluster or its node pools (Container API reference, `Status`)."""
    return all(part.get("status") == "RUNNING" for part in (found, *found.get("nodePools", ())))


def workload_pool(found: Json) -> str | None:
    """Return the workload identity pool of the cluster; None if it has none."""
    return found.get("workloadIdentityConfig", {}).get("workloadPool") or None


def node_pool(found: Json, name: str) -> Json | None:
    """Return a node pool of the cluster by its name; None if it does not exist."""
    pools = {pool.get("name"): pool for pool in found.get("nodePools", ())}
    return pools.get(name)


def metadata_mode(pool: Json) -> str | None:
    """Return the metadata mode of a node pool; None if it is not set, as in clusters without a workload pool."""
    config = pool.get("config", {}).get("workloadMetadataConfig", {})
    return config.get("mode") or None


def is_windows(pool: Json) -> bool:
    """Return whether the nodes of a pool run Windows, where GKE has no metadata server."""
    return str(pool.get("config", {}).get("imageType", "")).upper().startswith("WINDOWS")


def without_metadata_server(found: Json) -> list[str]:
    """Return the names of the node pools whose pods act as their nodes. Empty for Autopilot."""
    if is_autopilot(found):
        return []
    return [str(pool.get("name")) for pool in found.get("nodePools", ()) if metadata_mode(pool) != WITH_POOL]


def endpoints(found: Json) -> set[str]:
    """Return all hosts (HOST or HOST:PORT) that the cluster's Kubernetes API can have."""
    private = found.get("privateClusterConfig", {})
    control = found.get("controlPlaneEndpointsConfig", {})
    by_ip = control.get("ipEndpointsConfig", {})
    hosts = [found.get("endpoint"), private.get("privateEndpoint"), private.get("publicEndpoint")]
    hosts += [by_ip.get("privateEndpoint"), by_ip.get("publicEndpoint"), dns_endpoint(found)]
    return {host for host in hosts if host}


def dns_endpoint(found: Json) -> str | None:
    """Return the DNS name of the control plane; None if it does not allow traffic from outside the network."""
    config = found.get("controlPlaneEndpointsConfig", {}).get("dnsEndpointConfig", {})
    return config.get("endpoint") if config.get("allowExternalTraffic") else None


def is_private(found: Json) -> bool:
    """Return whether only the cluster's own network can reach the address of the control plane."""
    by_ip = found.get("controlPlaneEndpointsConfig", {}).get("ipEndpointsConfig", {})
    return bool(
        found.get("privateClusterConfig", {}).get("enablePrivateEndpoint")
        or (by_ip and by_ip.get("enablePublicEndpoint", True) is False)
    )


def _hint(google: Google, cluster: ClusterName, error: CloudError) -> str:
    if error.status == 403:
        return _(
            "check google.project, or ask for the permission container.clusters.get on {project} "
            "(roles/container.clusterViewer)"
        ).format(project=cluster.project)
    if error.status != 404:
        return ""
    names = _cluster_names(google, cluster.project)
    if names is None:
        return _("check gke.cluster and gke.location")
    if not names:
        return _("the project {project} has no GKE cluster").format(project=cluster.project)
    clusters = ", ".join(names)
    return _("set gke.cluster and gke.location for one of the clusters in {project}: {clusters}").format(
        project=cluster.project, clusters=clusters
    )


def _cluster_names(google: Google, project: str) -> list[str] | None:
    try:
        found = google.call("container", "GET", f"/v1/projects/{project}/locations/-/clusters")
    except CloudError:  # this call only helps to explain another refusal
        return None
    return [f"{listed.get('name')} in {listed.get('location')}" for listed in found.get("clusters", ())]
