"""Which permissions of a role the live test tests: those that tell most about whether the role is effective."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

MOST = 10
"""How many permissions of a role are tested."""

SIGNATURES: dict[str, str] = {
    "roles/artifactregistry.reader": "artifactregistry.repositories.downloadArtifacts",
    "roles/bigquery.dataEditor": "bigquery.tables.updateData",
    "roles/bigquery.dataViewer": "bigquery.tables.getData",
    "roles/bigquery.jobUser": "bigquery.jobs.create",
    "roles/bigquery.user": "bigquery.jobs.create",
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
"""Role -> the permission that says best what it is for. It is named first (source: the roles' own lists)."""

_OF_NO_PROJECT = ("resourcemanager.folders.", "resourcemanager.organizations.", "billing.accounts.")
_NOT_TESTED = ("resourcemanager.projects.list", "resourcemanager.projects.create")
"""What projects.testIamPermissions refuses with 400, although many predefined roles contain it."""


@cache
def _shipped() -> dict[str, tuple[str, ...]]:
    raw = json.loads(files("assets").joinpath("roles.json").read_text(encoding="utf-8"))
    return {role: tuple(described["permissions"]) for role, described in raw.items()}


def shipped_permissions(role: str) -> tuple[str, ...] | None:
    """Return the permissions of a predefined role from the shipped table; None if the table does not have it."""
    return _shipped().get(role)


def in_order(role: str, permissions: Iterable[str], others: Iterable[frozenset[str]]) -> list[str]:
    """Return the permissions of a role in the order in which they tell most about it.

    `others` are the permissions of the other roles that the workload may have: what none of them contains comes first.
    What projects are known not to test is left out, unless there is nothing else.
    """
    elsewhere, service = list(others), role.removeprefix("roles/").partition(".")[0]

    def rank(permission: str) -> tuple[int, bool, bool, str]:
        shared = sum(permission in other for other in elsewhere)
        is_own = permission.startswith(f"{service}.")
        return shared, permission != SIGNATURES.get(role), not is_own, permission

    ranked = sorted(permissions, key=rank)
    return [permission for permission in ranked if not _is_known_untested(permission)] or ranked


def _is_known_untested(permission: str) -> bool:
    return permission in _NOT_TESTED or permission.startswith(_OF_NO_PROJECT)
