"""What AWS tells of an EKS cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.language import _

_NO_ISSUER = "AWS does not return an issuer for the tokens of the cluster {cluster}"


@dataclass(frozen=True)
class EksCluster:
    """A cluster: the issuer of its tokens, the URL of its API, and its certificate authority (PEM, base64)."""

    name: str
    region: str
    issuer: str
    endpoint: str = ""
    certificate_authority: str = ""


def read(clouds: Clouds, name: str, region: str) -> EksCluster:
    """Return a cluster. Raises CloudError, with the clusters of the region if there is none of this name."""
    try:
        found: dict[str, Any] = clouds.aws.call("eks", "describe_cluster", name=name)["cluster"]
    except CloudError as error:
        if error.reason == "ResourceNotFoundException":
            error.hint = _hint(clouds, region)
        raise
    issuer = str(found.get("identity", {}).get("oidc", {}).get("issuer") or "")
    if not issuer.startswith("https://"):
        raise CloudError("eks", "describe_cluster", None, "NoIssuer", _(_NO_ISSUER).format(cluster=name))
    authority = found.get("certificateAuthority", {}).get("data", "")
    return EksCluster(name, region, issuer, str(found.get("endpoint", "")), str(authority))


def has_pod_identity(clouds: Clouds, name: str, namespace: str, service_account: str) -> bool:
    """Return whether EKS Pod Identity gives a service account a role; False if that cannot be read."""
    wanted = {"clusterName": name, "namespace": namespace, "serviceAccount": service_account}
    try:
        found = clouds.aws.quick_call("eks", "list_pod_identity_associations", **wanted)
    except CloudError:
        return False
    return bool(found.get("associations"))


def names(clouds: Clouds) -> list[str]:
    """Return the names of the clusters in the region. Raises CloudError."""
    found: list[str] = clouds.aws.quick_call("eks", "list_clusters").get("clusters", [])
    return sorted(found)


def _hint(clouds: Clouds, region: str) -> str:
    try:
        listed = names(clouds)
    except CloudError:  # this call only helps to explain another refusal
        return _("check aws.cluster and aws.region")
    if not listed:
        return _("{region} has no EKS cluster: check aws.region").format(region=region)
    clusters = ", ".join(listed)
    return _("set aws.cluster to one of the clusters in {region}: {clusters}").format(region=region, clusters=clusters)
