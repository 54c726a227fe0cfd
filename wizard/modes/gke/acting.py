"""Read which Google service account each Kubernetes service account is annotated with, and whether it exists."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from wizard.clouds.errors import CloudError
from wizard.clouds.reading import ReadingClouds
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.federation import annotation
from wizard.federation.gke import ANNOTATION, ClusterName
from wizard.modes.gke.chosen import ActsAs
from wizard.setup.service_accounts import project_of

SIDE_BY_SIDE = 8

Account = tuple[str, str]
"""Namespace and name."""


def acting(
    clouds: Clouds, cluster: ClusterName, accounts: Sequence[Account]
) -> dict[Account, ActsAs | CloudError | None]:
    """Return for each account what its annotation names, None without an annotation, or the error of the read."""
    reading = ReadingClouds(clouds)
    named = _annotations(reading, cluster, accounts)
    emails = {value for value in named.values() if isinstance(value, str)}
    exists = _existing(reading, cluster.project, emails)
    return {
        account: ActsAs(value, exists[value]) if isinstance(value, str) else value for account, value in named.items()
    }


def _annotations(
    clouds: Clouds, cluster: ClusterName, accounts: Sequence[Account]
) -> dict[Account, str | CloudError | None]:
    from lightkube.resources.core_v1 import ServiceAccount

    kubernetes = clouds.kubernetes(cluster)
    for namespace, name in accounts:
        kubernetes.announce(ServiceAccount, name, namespace)

    def read(account: Account) -> str | CloudError | None:
        namespace, name = account
        try:
            found = kubernetes.get_or_none(ServiceAccount, name, namespace)
        except CloudError as error:
            return error
        annotations = (found and found.metadata and found.metadata.annotations) or {}
        return annotations.get(ANNOTATION) or None

    with Readers(max_workers=SIDE_BY_SIDE) as executor:
        return dict(zip(accounts, executor.map(read, accounts), strict=True))


def _existing(clouds: Clouds, project: str, emails: Collection[str]) -> dict[str, bool | None]:
    for email in filter(annotation.is_email, emails):
        clouds.google_iam.announce(project_of(email, project), email)
    with Readers(max_workers=SIDE_BY_SIDE) as executor:
        return dict(zip(emails, executor.map(lambda email: _exists(clouds, project, email), emails), strict=True))


def _exists(clouds: Clouds, project: str, email: str) -> bool | None:
    """Return whether a service account with this email exists; None if that cannot be read."""
    if not annotation.is_email(email):
        return False
    try:
        clouds.google_iam.get_service_account(project_of(email, project), email)
    except CloudError as error:
        return False if error.status == 404 else None
    return True
