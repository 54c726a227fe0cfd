"""How Google names a GKE cluster, its workload identity pool, and the Kubernetes service accounts in it.

Source: https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity
"""

from dataclasses import dataclass

from wizard.federation import principals
from wizard.federation.identifiers import PoolName

ANNOTATION = "iam.gke.io/gcp-service-account"
"""On a Kubernetes service account: the e-mail of the Google service account that its pods act as."""

NODE_SELECTOR = {"iam.gke.io/gke-metadata-server-enabled": "true"}
"""Matches the nodes of pools whose metadata mode is GKE_METADATA; Autopilot needs no selector."""


@dataclass(frozen=True)
class ClusterName:
    """A cluster, by the id of its project, its region or zone, and its own name."""

    project: str
    location: str
    cluster: str

    @property
    def name(self) -> str:
        """The resource name, as the Container API takes it."""
        return f"projects/{self.project}/locations/{self.location}/clusters/{self.cluster}"

    @property
    def context(self) -> str:
        """The context that `gcloud container clusters get-credentials` writes into a kubeconfig."""
        return f"gke_{self.project}_{self.location}_{self.cluster}"

    @property
    def issuer(self) -> str:
        """The issuer of the cluster's tokens, which is also how the token service and policies name the cluster."""
        return f"https://container.googleapis.com/v1/{self.name}"

    @property
    def exchange_audience(self) -> str:
        """The audience of a token exchange for a token of this cluster."""
        return f"identitynamespace:{workload_pool(self.project)}:{self.issuer}"

    def __str__(self) -> str:
        """The resource name."""
        return self.name


def workload_pool(project: str) -> str:
    """The workload identity pool of all clusters of a project (by its id): also the audience of their tokens."""
    return f"{project}.svc.id.goog"


def subject(namespace: str, service_account: str) -> str:
    """The subject that a Kubernetes service account has in the pool, the same in every cluster of the project."""
    return f"ns/{namespace}/sa/{service_account}"


def principal(project: str, number: str, namespace: str, service_account: str) -> str:
    """The member for direct access: the project's number before the pool, its id in the pool's name."""
    return principals.principal(PoolName(number, workload_pool(project)), subject(namespace, service_account))


def workload_identity_member(project: str, namespace: str, service_account: str) -> str:
    """The member that may act as a Google service account, with roles/iam.workloadIdentityUser on it."""
    return f"serviceAccount:{workload_pool(project)}[{namespace}/{service_account}]"
