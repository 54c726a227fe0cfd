"""The Google Cloud products that workloads use most, and the roles that workloads usually need for them.

Titles as IAM shows them: https://docs.cloud.google.com/iam/docs/roles-permissions
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UsualRole:
    """A role that workloads often need. `lets` says what it lets them do."""

    role: str
    title: str
    lets: str


@dataclass(frozen=True)
class Product:
    """A Google Cloud product. `key` is the part of its role names before the first dot."""

    key: str
    title: str
    roles: tuple[UsualRole, ...]


PRODUCTS = (
    Product(
        "bigquery",
        "BigQuery",
        (
            UsualRole("roles/bigquery.jobUser", "BigQuery Job User", "run query jobs and load jobs"),
            UsualRole("roles/bigquery.dataEditor", "BigQuery Data Editor", "read and write tables"),
            UsualRole("roles/bigquery.dataViewer", "BigQuery Data Viewer", "read tables"),
            UsualRole(
                "roles/bigquery.readSessionUser",
                "BigQuery Read Session User",
                "read data through the BigQuery Storage API",
            ),
        ),
    ),
    Product(
        "storage",
        "Cloud Storage",
        (
            UsualRole("roles/storage.objectViewer", "Storage Object Viewer", "read and list objects"),
            UsualRole("roles/storage.objectUser", "Storage Object User", "read, write and delete objects"),
            UsualRole("roles/storage.objectCreator", "Storage Object Creator", "write new objects"),
        ),
    ),
    Product(
        "pubsub",
        "Pub/Sub",
        (
            UsualRole("roles/pubsub.publisher", "Pub/Sub Publisher", "publish messages"),
            UsualRole("roles/pubsub.subscriber", "Pub/Sub Subscriber", "receive messages"),
            UsualRole("roles/pubsub.viewer", "Pub/Sub Viewer", "view topics and subscriptions"),
        ),
    ),
    Product(
        "spanner",
        "Spanner",
        (
            UsualRole("roles/spanner.databaseUser", "Cloud Spanner Database User", "read and write databases"),
            UsualRole("roles/spanner.databaseReader", "Cloud Spanner Database Reader", "read databases"),
        ),
    ),
    Product(
        "datastore",
        "Firestore",
        (
            UsualRole("roles/datastore.user", "Cloud Datastore User", "read and write documents"),
            UsualRole("roles/datastore.viewer", "Cloud Datastore Viewer", "read documents"),
        ),
    ),
    Product(
        "secretmanager",
        "Secret Manager",
        (
            UsualRole(
                "roles/secretmanager.secretAccessor", "Secret Manager Secret Accessor", "read the values of secrets"
            ),
            UsualRole("roles/secretmanager.viewer", "Secret Manager Viewer", "list secrets, but not read their values"),
        ),
    ),
    Product(
        "aiplatform",
        "Vertex AI",
        (UsualRole("roles/aiplatform.user", "Vertex AI User", "call models and run jobs"),),
    ),
    Product(
        "artifactregistry",
        "Artifact Registry",
        (
            UsualRole("roles/artifactregistry.reader", "Artifact Registry Reader", "pull images and packages"),
            UsualRole("roles/artifactregistry.writer", "Artifact Registry Writer", "push images and packages"),
        ),
    ),
    Product(
        "logging",
        "Cloud Logging",
        (UsualRole("roles/logging.logWriter", "Logs Writer", "write log entries"),),
    ),
    Product(
        "monitoring",
        "Cloud Monitoring",
        (UsualRole("roles/monitoring.metricWriter", "Monitoring Metric Writer", "write metrics"),),
    ),
    Product(
        "cloudkms",
        "Cloud KMS",
        (
            UsualRole(
                "roles/cloudkms.cryptoKeyEncrypterDecrypter",
                "Cloud KMS CryptoKey Encrypter/Decrypter",
                "encrypt and decrypt with keys",
            ),
        ),
    ),
    Product(
        "run",
        "Cloud Run",
        (UsualRole("roles/run.invoker", "Cloud Run Invoker", "call services"),),
    ),
    Product(
        "cloudsql",
        "Cloud SQL",
        (
            UsualRole("roles/cloudsql.client", "Cloud SQL Client", "connect to instances"),
            UsualRole("roles/cloudsql.instanceUser", "Cloud SQL Instance User", "log in to databases with IAM"),
        ),
    ),
)
"""In the order in which the wizard offers them."""


def product_of(role: str) -> str | None:
    """Return the key of a predefined role's product; None if it is not one of these products."""
    key = role.removeprefix("roles/").partition(".")[0]
    return key if role.startswith("roles/") and any(product.key == key for product in PRODUCTS) else None


def usual_roles(product: str) -> tuple[UsualRole, ...]:
    """Return the usual roles of a product, by its key; empty for an unknown product."""
    roles = {known.key: known.roles for known in PRODUCTS}
    return roles.get(product, ())
