"""Which API a role is for, and which products do not support direct access by a federated identity.

Source of the limits: https://docs.cloud.google.com/iam/docs/federated-identity-supported-services (9 April 2026).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from wizard.language import translated

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
"""The part of a predefined role's name before its first dot -> the API that its roles are for."""


@dataclass(frozen=True)
class Limit:
    """A role, or all roles of a product, that a federated identity cannot use directly, or only in part."""

    role: str
    """A role ("roles/run.invoker"), or the start of several roles, which ends in a dot ("roles/appengine.")."""
    reason: str
    always: bool = True
    """False if direct access works, except for what `reason` says."""


_LIMITS = (
    Limit("roles/run.invoker", "a federated identity cannot invoke Cloud Run services, which require an ID token"),
    Limit(
        "roles/run.servicesInvoker", "a federated identity cannot invoke Cloud Run services, which require an ID token"
    ),
    Limit("roles/cloudfunctions.invoker", "a federated identity cannot invoke functions, which require an ID token"),
    Limit(
        "roles/iap.httpsResourceAccessor", "Identity-Aware Proxy requires an ID token, which needs a service account"
    ),
    Limit("roles/cloudsql.instanceUser", "Cloud SQL does not let a federated identity log in to a database"),
    Limit("roles/appengine.", "App Engine does not support federated identities"),
    Limit("roles/cloudprofiler.", "Cloud Profiler does not support federated identities"),
    Limit("roles/source.", "Cloud Source Repositories does not support federated identities"),
    Limit("roles/deploymentmanager.", "Deployment Manager does not support federated identities"),
    Limit("roles/looker.", "Looker does not support federated identities"),
    Limit("roles/cloudsupport.", "the Cloud Support API does not support federated identities"),
    Limit("roles/pubsublite.", "Pub/Sub Lite does not support federated identities"),
    Limit("roles/recommender.", "the Recommender API does not support federated identities"),
    Limit(
        "roles/storage.",
        "Cloud Storage supports federated identities only for buckets with uniform bucket-level access, "
        "and federated identities cannot sign URLs",
        always=False,
    ),
    Limit(
        "roles/cloudsql.",
        "Cloud SQL does not let a federated identity log in to a database; other calls to Cloud SQL work",
        always=False,
    ),
    Limit("roles/speech.", "only version 2 of Speech-to-Text supports federated identities", always=False),
)


def service_of(role: str) -> str | None:
    """Return the API that a predefined role is for; None for basic and custom roles, and for unknown products."""
    if not role.startswith("roles/"):
        return None
    return _SERVICES.get(role.removeprefix("roles/").partition(".")[0])


def direct_access_problem(role: str) -> str | None:
    """Return why a federated identity cannot use this role without a service account; None if it can."""
    return _reason(role, (limit for limit in _LIMITS if limit.always))


def direct_access_note(role: str, further: Iterable[Limit] = ()) -> str | None:
    """Return what does not work for a federated identity with this role; or None. `further` are limits of a mode."""
    return _reason(role, (limit for limit in (*_LIMITS, *further) if not limit.always))


def service_account_reason(roles: Iterable[str]) -> str | None:
    """Return the first role that needs a service account, with the reason; None if direct access works for all."""
    for role in roles:
        reason = direct_access_problem(role)
        if reason:
            return f"{role}: {reason}"
    return None


def _reason(role: str, limits: Iterable[Limit]) -> str | None:
    for limit in limits:
        if _covers(limit.role, role):
            return translated(limit.reason)
    return None


def _covers(limited: str, role: str) -> bool:
    return role.startswith(limited) if limited.endswith(".") else role == limited
