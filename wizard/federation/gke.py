"""Google's names for a GKE cluster, its workload identity pool, and its Kubernetes service accounts.

Source: https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity
"""

from dataclasses import dataclass

from wizard.federation import principals
from wizard.federation.identifiers import PoolName

ANNOTATION = "iam.gke.io/gcp-service-account"
"""The annotation of a Kubernetes service account that names the Google service account to impersonate, by email."""

NODE_SELECTOR = {"iam.gke.io/gke-metadata-server-enabled": "true"}
"""Selects the nodes of node pools whose metadata mode is GKE_METADATA. Autopilot needs no selector."""


@dataclass(frozen=True)
class ClusterName:
    """A cluster: the id of its project, its region or zone, and its name."""

    project: str
    location: str
    cluster: str

    @property
    def name(self) -> str:
        """The resource name in the Container API."""
        return f"projects/{self.project}/locations/{self.location}/clusters/{self.cluster}"

    @property
    def context(self) -> str:
        """The name of the context that `gcloud container clusters get-credentials` writes into a kubeconfig."""
        return f"gke_{self.project}_{self.location}_{self.cluster}"

    @property
    def issuer(self) -> str:
        """The issuer of the cluster's tokens. The token service and policies use it as the name of the cluster."""
        return f"https://container.googleapis.com/v1/{self.name}"

    def __str__(self) -> str:
        """Return the resource name."""
        return self.name


def workload_pool(project: str) -> str:
    """Return the workload identity pool of a project's clusters, by project id. It is also the audience of tokens."""
    return f"{project}.svc.id.goog"


def subject(namespace: str, service_account: str) -> str:
    """Return the subject of a Kubernetes service account in the pool. It is the same in all clusters of the project."""
    return f"ns/{namespace}/sa/{service_account}"


def principal(project: str, number: str, namespace: str, service_account: str) -> str:
    """Return the member for direct access, which contains the number of the project and, in the pool name, its id."""
    return principals.principal(PoolName(number, workload_pool(project)), subject(namespace, service_account))


def workload_identity_member(project: str, namespace: str, service_account: str) -> str:
    """Return the member that needs roles/iam.workloadIdentityUser to impersonate a Google service account."""
    return f"serviceAccount:{workload_pool(project)}[{namespace}/{service_account}]"
