"""The APIs that can be switched on: their titles, and the refusal of one that is off."""

import re

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.projects import Project

from .errors import service_disabled

TITLES = {
    "aiplatform.googleapis.com": "Vertex AI API",
    "appengine.googleapis.com": "App Engine Admin API",
    "artifactregistry.googleapis.com": "Artifact Registry API",
    "bigquery.googleapis.com": "BigQuery API",
    "bigquerystorage.googleapis.com": "BigQuery Storage API",
    "cloudbilling.googleapis.com": "Cloud Billing API",
    "cloudbuild.googleapis.com": "Cloud Build API",
    "cloudfunctions.googleapis.com": "Cloud Functions API",
    "cloudkms.googleapis.com": "Cloud Key Management Service (KMS) API",
    "cloudresourcemanager.googleapis.com": "Cloud Resource Manager API",
    "cloudscheduler.googleapis.com": "Cloud Scheduler API",
    "cloudtasks.googleapis.com": "Cloud Tasks API",
    "compute.googleapis.com": "Compute Engine API",
    "container.googleapis.com": "Kubernetes Engine API",
    "dataflow.googleapis.com": "Dataflow API",
    "dataproc.googleapis.com": "Cloud Dataproc API",
    "datastore.googleapis.com": "Cloud Datastore API",
    "dns.googleapis.com": "Cloud DNS API",
    "firestore.googleapis.com": "Cloud Firestore API",
    "iam.googleapis.com": "Identity and Access Management (IAM) API",
    "iamcredentials.googleapis.com": "IAM Service Account Credentials API",
    "logging.googleapis.com": "Cloud Logging API",
    "monitoring.googleapis.com": "Cloud Monitoring API",
    "pubsub.googleapis.com": "Cloud Pub/Sub API",
    "run.googleapis.com": "Cloud Run Admin API",
    "secretmanager.googleapis.com": "Secret Manager API",
    "serviceusage.googleapis.com": "Service Usage API",
    "spanner.googleapis.com": "Cloud Spanner API",
    "sqladmin.googleapis.com": "Cloud SQL Admin API",
    "storage.googleapis.com": "Cloud Storage API",
    "sts.googleapis.com": "Security Token Service API",
}
"""Service name to the title that consoles and error messages use; the APIs whose titles this sandbox knows."""

_NAME = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+googleapis\.com")
LONGEST_NAME = 253
"""A service name is a host name (Service Management documentation)."""


def title(service: str) -> str:
    """The title of a service; its own name for one that is not in the table."""
    return TITLES.get(service, service)


def is_service(name: JSON) -> bool:
    """Whether it is the name of a service of Google's, of which there are more than the sandbox has titles for."""
    return isinstance(name, str) and len(name) <= LONGEST_NAME and _NAME.fullmatch(name) is not None


def require_enabled(service: str, project: Project) -> None:
    """GoogleError 403 SERVICE_DISABLED unless the service is on in the project."""
    if service not in project.enabled:
        raise service_disabled(title(service), service, project.number)
