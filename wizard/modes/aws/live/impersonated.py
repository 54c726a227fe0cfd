"""The service account that an identity of a pool can impersonate, found in the policies of a project's accounts."""

from __future__ import annotations

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.federation.aws_identities import RoleSessions
from wizard.federation.principals import FederatedIdentity, admits
from wizard.language import _
from wizard.modes.granted import Granted

_OTHER = (
    "the role {role} can impersonate the service account {other}, but the credential configuration names {account}. "
    "The doctor does not know which service account the workload needs. If the workload needs {other}, name this "
    "account in the field service_account_impersonation_url"
)
_DIRECT = (
    "the role {role} can impersonate the service account {other}, but the credential configuration does not name a "
    "service account. The doctor does not know whether the workload needs a service account. If the workload needs a "
    "service account, create the credential configuration again with --service-account={other}"
)
_MOST_ACCOUNTS = 100
"""Number of service accounts whose policies are read."""


def only_account(clouds: Clouds, project: str, identity: FederatedIdentity | None) -> str | None:
    """Return the email of the only service account whose policy names the identity; None if there is not one.

    Raises CloudError if the operator cannot list the service accounts.
    """
    if identity is None:
        return None
    answer = clouds.google_iam.list_service_accounts(project)
    emails = [str(account["email"]) for account in answer.get("accounts", ())][:_MOST_ACCOUNTS]

    def named(email: str) -> bool:
        try:
            policy = clouds.google_iam.get_policy(project, email)
        except CloudError:
            return False
        members = [member for binding in policy.get("bindings", ()) for member in binding.get("members", ())]
        return any(admits(member, identity) for member in members)

    with Readers() as readers:
        fitting = [email for email, fits in zip(emails, readers.map(named, emails), strict=True) if fits]
    return fitting[0] if len(fitting) == 1 else None


def not_named(
    clouds: Clouds, project: str, granted: Granted, identity: FederatedIdentity | None, sessions: RoleSessions
) -> list[str]:
    """Return a sentence about a service account that a configuration does not name, although it names the role.

    It is looked for only if the role has no access through what the configuration names.
    """
    account = granted.account
    has_way = any(identity and admits(member, identity) for member in granted.impersonators)
    if has_way if account else bool(granted.roles_of(identity, None)):
        return []
    try:
        other = only_account(clouds, project, identity)
    except CloudError:
        return []
    if other is None:
        return []
    return [(_(_OTHER) if account else _(_DIRECT)).format(role=sessions.role, other=other, account=account)]
