"""Finds the Google service account whose policy names a Kubernetes service account, where no annotation tells it."""

from __future__ import annotations

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.federation import gke
from wizard.modes.access import IMPERSONATE
from wizard.setup.service_accounts import project_of

_MOST_ACCOUNTS = 100
"""Number of service accounts whose policies are read."""


def find(clouds: Clouds, project: str, namespace: str, name: str) -> str | None:
    """Return the email of the only service account of a project that a KSA can impersonate; None if there is not one.

    Raises CloudError if the accounts cannot be listed. A policy that cannot be read names nobody.
    """
    listed = clouds.google_iam.list_service_accounts(project).get("accounts", ())
    emails = [str(account["email"]) for account in listed][:_MOST_ACCOUNTS]
    member = gke.workload_identity_member(project, namespace, name)

    def names(email: str) -> bool:
        try:
            policy = clouds.google_iam.get_policy(project, email)
        except CloudError:
            return False
        bindings = [binding for binding in policy.get("bindings", ()) if binding.get("role") == IMPERSONATE]
        return any(member in binding.get("members", ()) for binding in bindings)

    with Readers() as readers:
        fitting = [email for email, fits in zip(emails, readers.map(names, emails), strict=True) if fits]
    return fitting[0] if len(fitting) == 1 else None


def exists(clouds: Clouds, email: str, project: str) -> bool:
    """Return whether a service account exists, or may exist because it cannot be read."""
    try:
        clouds.google_iam.get_service_account(project_of(email, project), email)
    except CloudError as error:
        return error.status != 404
    return True
