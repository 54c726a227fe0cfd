"""Which Google product a role is for, and which products do not take a federated identity directly.

Source of the limits: https://docs.cloud.google.com/iam/docs/federated-identity-supported-services (9 April 2026).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Mode = Literal["aws", "gke"]
"""Where the workload runs."""

_SERVICES = {
    "aiplatform": "aiplatform.googleapis.com",
    "artifactregistry": "artifactregistry.googleapis.com",
    "bigquery": "bigquery.googleapis.com",
    "bigtable": "bigtable.googleapis.com",
    "cloudbuild": "cloudbuild.googleapis.com",
    "cloudfunctions": "cloudfunctions.googleapis.com",
    "cloudkms": "cloudkms.googleapis.com",
    "cloudscheduler": "cloudscheduler.googleapis.com",
    "cloudsql": "sqladmin.googleapis.com",
    "cloudtasks": "cloudtasks.googleapis.com",
    "compute": "compute.googleapis.com",
    "container": "container.googleapis.com",
    "dataflow": "dataflow.googleapis.com",
    "dataproc": "dataproc.googleapis.com",
    "datastore": "firestore.googleapis.com",
    "dns": "dns.googleapis.com",
    "eventarc": "eventarc.googleapis.com",
    "iam": "iam.googleapis.com",
    "logging": "logging.googleapis.com",
    "managedkafka": "managedkafka.googleapis.com",
    "monitoring": "monitoring.googleapis.com",
    "pubsub": "pubsub.googleapis.com",
    "redis": "redis.googleapis.com",
    "resourcemanager": "cloudresourcemanager.googleapis.com",
    "run": "run.googleapis.com",
    "secretmanager": "secretmanager.googleapis.com",
    "serviceusage": "serviceusage.googleapis.com",
    "spanner": "spanner.googleapis.com",
    "storage": "storage.googleapis.com",
    "workflows": "workflows.googleapis.com",
}
"""The part of a predefined role's name before its first dot -> the API that it is for."""


@dataclass(frozen=True)
class Limit:
    """A role, or all roles of a product, that federated identities cannot use directly, or only in part."""

    role: str
    """A role ("roles/run.invoker"), or the beginning of roles, which ends in a dot ("roles/appengine.")."""
    reason: str
    always: bool = True
    """False: direct access works, within what the reason says."""
    mode: Mode | None = None
    """The mode in which it holds; both if not given."""


_LIMITS = (
    Limit("roles/run.invoker", "Cloud Run cannot be invoked by a federated identity: it takes ID tokens"),
    Limit("roles/run.servicesInvoker", "Cloud Run cannot be invoked by a federated identity: it takes ID tokens"),
    Limit("roles/cloudfunctions.invoker", "functions cannot be invoked by a federated identity: they take ID tokens"),
    Limit("roles/iap.httpsResourceAccessor", "Identity-Aware Proxy takes ID tokens, which need a service account"),
    Limit("roles/cloudsql.instanceUser", "Cloud SQL does not let a federated identity log in to a database"),
    Limit("roles/appengine.", "App Engine does not take federated identities"),
    Limit("roles/cloudprofiler.", "Cloud Profiler does not take federated identities"),
    Limit("roles/source.", "Cloud Source Repositories does not take federated identities"),
    Limit("roles/deploymentmanager.", "Deployment Manager does not take federated identities"),
    Limit("roles/looker.", "Looker does not take federated identities"),
    Limit("roles/cloudsupport.", "the Cloud Support API does not take federated identities"),
    Limit("roles/pubsublite.", "Pub/Sub Lite does not take federated identities"),
    Limit("roles/recommender.", "the Recommender API does not take federated identities"),
    Limit(
        "roles/storage.",
        "Cloud Storage takes federated identities only for buckets with uniform bucket-level access, "
        "and they cannot sign URLs",
        always=False,
    ),
    Limit(
        "roles/cloudsql.",
        "Cloud SQL does not let a federated identity log in to a database; its other calls work",
        always=False,
    ),
    Limit(
        "roles/container.",
        "a pod's own principal opens no Kubernetes API of another cluster; a service account does",
        always=False,
        mode="gke",
    ),
    Limit("roles/speech.", "only version 2 of Speech-to-Text takes federated identities", always=False),
)

PERIMETER = "a VPC Service Controls perimeter refuses the pods' own principals"
"""Why GKE goes through a service account where there is a perimeter: its rules cannot name such principals."""

ACROSS_PERIMETERS = (
    "a VPC Service Controls perimeter in between refuses the pods' own principals; if there is one, "
    "write `perimeter: true` in the place of `via`"
)
"""What direct access from GKE to another project must do without."""


def service_of(role: str) -> str | None:
    """The API that a predefined role is for; None for basic and custom roles, and for products not known here."""
    if not role.startswith("roles/"):
        return None
    return _SERVICES.get(role.removeprefix("roles/").partition(".")[0])


def direct_access_problem(role: str) -> str | None:
    """Why this role is of no use to a federated identity by itself, so that it needs a service account; or None."""
    return _reason(role, always=True)


def direct_access_note(role: str, mode: Mode = "aws") -> str | None:
    """What a federated identity with this role must do without; or None."""
    return _reason(role, always=False, mode=mode)


def service_account_reason(roles: Iterable[str], perimeter: bool = False) -> str | None:
    """Why a workload cannot act by itself: a perimeter, or the first role that needs a service account; or None."""
    if perimeter:
        return PERIMETER
    reasons = ((role, direct_access_problem(role)) for role in roles)
    return next((f"{role}: {reason}" for role, reason in reasons if reason), None)


def _reason(role: str, *, always: bool, mode: Mode = "aws") -> str | None:
    limits = (limit for limit in _LIMITS if limit.always is always and limit.mode in (None, mode))
    return next((limit.reason for limit in limits if _covers(limit.role, role)), None)


def _covers(limited: str, role: str) -> bool:
    return role.startswith(limited) if limited.endswith(".") else role == limited
