"""Read which Google service account each Kubernetes service account is annotated with, and whether it exists."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation.gke import ANNOTATION, ClusterName
from wizard.modes.gke.chosen import ActsAs
from wizard.setup import rules
from wizard.setup.service_accounts import project_of

SIDE_BY_SIDE = 8

Account = tuple[str, str]
"""Namespace and name."""


def acting(
    clouds: Clouds, cluster: ClusterName, accounts: Sequence[Account]
) -> dict[Account, ActsAs | CloudError | None]:
    """Return for each account what its annotation names, None without an annotation, or the error of the read."""
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as executor:
        results = executor.map(lambda account: _read_annotation(clouds, cluster, *account), accounts)
        return dict(zip(accounts, results, strict=True))


def _read_annotation(clouds: Clouds, cluster: ClusterName, namespace: str, name: str) -> ActsAs | CloudError | None:
    from lightkube.resources.core_v1 import ServiceAccount

    try:
        account = clouds.kubernetes(cluster).get_or_none(ServiceAccount, name, namespace)
    except CloudError as error:
        return error
    if account is None or account.metadata is None:
        return None
    email = (account.metadata.annotations or {}).get(ANNOTATION, "")
    return ActsAs(email, _exists(clouds, cluster.project, email)) if email else None


def _exists(clouds: Clouds, project: str, email: str) -> bool | None:
    """Return whether a service account with this e-mail exists; None if that cannot be read."""
    if "@" not in email or rules.service_account(email):
        return False
    try:
        clouds.google_iam.get_service_account(project_of(email, project), email)
    except CloudError as error:
        return False if error.status == 404 else None
    return True
