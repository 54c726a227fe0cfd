"""Whom Kubernetes service accounts act as now: the annotation of each, and whether the account that it names exists."""

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
    """Of each whom its annotation names, None where there is none, or why that could not be read."""
    with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as beside:
        found = beside.map(lambda account: _of(clouds, cluster, *account), accounts)
        return dict(zip(accounts, found, strict=True))


def _of(clouds: Clouds, cluster: ClusterName, namespace: str, name: str) -> ActsAs | CloudError | None:
    from lightkube.resources.core_v1 import ServiceAccount

    try:
        found = clouds.kubernetes(cluster).get_or_none(ServiceAccount, name, namespace)
    except CloudError as error:
        return error
    email = ((found and found.metadata and found.metadata.annotations) or {}).get(ANNOTATION, "")
    return ActsAs(email, _exists(clouds, cluster.project, email)) if email else None


def _exists(clouds: Clouds, project: str, email: str) -> bool | None:
    """Whether there is a service account of that e-mail; None where one may not, or cannot, look."""
    if "@" not in email or rules.service_account(email):
        return False
    try:
        clouds.google_iam.get_service_account(project_of(email, project), email)
    except CloudError as error:
        return False if error.status == 404 else None
    return True
