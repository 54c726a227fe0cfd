"""One permission that tells whether a role is held: its signature, tested on the project.

Only permissions that projects can test are here: `projects.testIamPermissions` answers 400 for the others, among them
`resourcemanager.projects.list`, which many predefined roles contain.
"""

SIGNATURES: dict[str, str] = {
    "roles/artifactregistry.reader": "artifactregistry.repositories.downloadArtifacts",
    "roles/bigquery.dataEditor": "bigquery.tables.updateData",
    "roles/bigquery.dataViewer": "bigquery.tables.getData",
    "roles/bigquery.jobUser": "bigquery.jobs.create",
    "roles/bigquery.user": "bigquery.readsessions.create",
    "roles/cloudkms.cryptoKeyEncrypterDecrypter": "cloudkms.cryptoKeyVersions.useToEncrypt",
    "roles/cloudsql.client": "cloudsql.instances.connect",
    "roles/container.clusterViewer": "container.clusters.get",
    "roles/datastore.user": "datastore.entities.create",
    "roles/datastore.viewer": "datastore.entities.get",
    "roles/logging.logWriter": "logging.logEntries.create",
    "roles/monitoring.metricWriter": "monitoring.timeSeries.create",
    "roles/pubsub.publisher": "pubsub.topics.publish",
    "roles/pubsub.subscriber": "pubsub.subscriptions.consume",
    "roles/run.invoker": "run.routes.invoke",
    "roles/secretmanager.secretAccessor": "secretmanager.versions.access",
    "roles/spanner.databaseReader": "spanner.databases.read",
    "roles/spanner.databaseUser": "spanner.databases.write",
    "roles/storage.objectAdmin": "storage.objects.setIamPolicy",
    "roles/storage.objectCreator": "storage.objects.create",
    "roles/storage.objectUser": "storage.objects.update",
    "roles/storage.objectViewer": "storage.objects.get",
}
"""Role -> its signature permission (source: the predefined roles' own permission lists)."""


def signatures(roles: list[str]) -> tuple[dict[str, str], list[str]]:
    """Signature permission -> role for the roles that have one, and the roles that have none."""
    known = {SIGNATURES[role]: role for role in roles if role in SIGNATURES}
    return known, [role for role in roles if role not in SIGNATURES]
