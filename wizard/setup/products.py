"""Which Google product a role is for, and which products do not take a federated identity directly.

Source of the limits: https://docs.cloud.google.com/iam/docs/federated-identity-supported-services (9 April 2026).
"""

from collections.abc import Iterable
from dataclasses import dataclass

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
    Limit("roles/speech.", "only version 2 of Speech-to-Text takes federated identities", always=False),
)


def service_of(role: str) -> str | None:
    """The API that a predefined role is for; None for basic and custom roles, and for products not known here."""
    if not role.startswith("roles/"):
        return None
    return _SERVICES.get(role.removeprefix("roles/").partition(".")[0])


def direct_access_problem(role: str) -> str | None:
    """Why this role is of no use to a federated identity by itself, so that it needs a service account; or None."""
    return _reason(role, (limit for limit in _LIMITS if limit.always))


def direct_access_note(role: str, further: Iterable[Limit] = ()) -> str | None:
    """What a federated identity with this role must do without; or None. `further` limits are a mode's own."""
    return _reason(role, (limit for limit in (*_LIMITS, *further) if not limit.always))


def service_account_reason(roles: Iterable[str]) -> str | None:
    """Why a workload cannot act by itself: the first role that needs a service account, with the reason; or None."""
    for role in roles:
        if reason := direct_access_problem(role):
            return f"{role}: {reason}"
    return None


def _reason(role: str, limits: Iterable[Limit]) -> str | None:
    return next((limit.reason for limit in limits if _covers(limit.role, role)), None)


def _covers(limited: str, role: str) -> bool:
    return role.startswith(limited) if limited.endswith(".") else role == limited
