"""Sets of roles that cannot do their usual job: what is missing, as a table.

Sources: https://docs.cloud.google.com/iam/docs/roles-permissions (what the roles contain), and each product's pages on
access control.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wizard.language import translated


@dataclass(frozen=True)
class Gap:
    """Roles that need one of others beside them to do their usual job. `text` names the first of the `roles` given."""

    roles: tuple[str, ...]
    completed_by: tuple[str, ...]
    """One of these roles is enough, and so is a basic role of `_WIDE`."""
    text: str


_BIGQUERY_JOBS = ("roles/bigquery.jobUser", "roles/bigquery.user", "roles/bigquery.admin", "roles/bigquery.studioUser")
_OBJECT_LISTS = (
    "roles/storage.objectViewer",
    "roles/storage.objectUser",
    "roles/storage.objectAdmin",
    "roles/storage.admin",
    "roles/storage.legacyBucketReader",
    "roles/storage.legacyBucketWriter",
    "roles/storage.legacyBucketOwner",
)
_SUBSCRIPTION_VIEWS = ("roles/pubsub.viewer", "roles/pubsub.editor", "roles/pubsub.admin")
_WIDE = ("roles/owner", "roles/editor")

GAPS = (
    Gap(
        (
            "roles/bigquery.dataEditor",
            "roles/bigquery.dataOwner",
            "roles/bigquery.dataViewer",
            "roles/bigquery.filteredDataViewer",
        ),
        _BIGQUERY_JOBS,
        "{role} does not allow running jobs: queries, load jobs, and the dry run of a query in the live test also "
        "need roles/bigquery.jobUser",
    ),
    Gap(
        ("roles/bigquery.readSessionUser",),
        (
            "roles/bigquery.dataEditor",
            "roles/bigquery.dataOwner",
            "roles/bigquery.dataViewer",
            "roles/bigquery.admin",
        ),
        "{role} does not allow reading tables: the BigQuery Storage API also needs roles/bigquery.dataViewer",
    ),
    Gap(
        ("roles/storage.objectCreator", "roles/storage.legacyObjectReader", "roles/storage.legacyObjectOwner"),
        _OBJECT_LISTS,
        "{role} does not allow listing objects: tools that list a bucket also need roles/storage.objectViewer",
    ),
    Gap(
        ("roles/pubsub.subscriber",),
        _SUBSCRIPTION_VIEWS,
        "{role} lets clients receive messages, but not view the subscription: clients that read the settings of the "
        "subscription also need roles/pubsub.viewer",
    ),
    Gap(
        ("roles/cloudsql.instanceUser",),
        ("roles/cloudsql.client", "roles/cloudsql.editor", "roles/cloudsql.admin"),
        "{role} does not allow connecting to an instance: the Cloud SQL connectors also need roles/cloudsql.client",
    ),
)
"""In the order in which they are said."""


def notes(roles: Iterable[str]) -> list[str]:
    """Return one sentence for each gap in the roles that a workload gets, on whatever projects.

    Returns nothing if there is a custom role, because what it contains is not known here.
    """
    given = list(dict.fromkeys(roles))
    if any(not role.startswith("roles/") or role in _WIDE for role in given):
        return []
    found = []
    for gap in GAPS:
        lacking = [role for role in given if role in gap.roles]
        if lacking and not set(gap.completed_by) & set(given):
            found.append(translated(gap.text).format(role=lacking[0]))
    return found
