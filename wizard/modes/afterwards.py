"""What to do, and what to look for, after a live test in the workload has passed."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.language import _
from wizard.resources import account_keys

_LOGS = (
    "In audit logs, the field protoPayload.authenticationInfo.principalSubject now contains the principal of the "
    "workload. This principal contains {subject}."
)
_LOGS_OF_ACCOUNT = (
    "In audit logs, the field protoPayload.authenticationInfo.principalEmail now contains {email}, and the field "
    "serviceAccountDelegationInfo names a principal that contains {subject}."
)
_JOBS = (
    "BigQuery names the principal of the workload in the column principal_subject of the view INFORMATION_SCHEMA.JOBS."
)
_JOBS_OF_ACCOUNT = "BigQuery names {email} in the column user_email of the view INFORMATION_SCHEMA.JOBS."
_KEY = {
    "used": (
        "The workload previously used the service account {email}. The key {key} of this account is still enabled, "
        "and was last used on {detail}. To disable the account's keys, add `disable_keys: true` next to `replaces` "
        "in the setup, and run `wif-wizard apply`."
    ),
    "not used": (
        "The workload previously used the service account {email}. The key {key} of this account is still enabled. "
        "Google Cloud has no record that the key was used. To disable the account's keys, add `disable_keys: true` "
        "next to `replaces` in the setup, and run `wif-wizard apply`."
    ),
    "unknown": (
        "The workload previously used the service account {email}. The key {key} of this account is still enabled. "
        "The wizard could not read when the key was last used ({detail}). To disable the account's keys, add "
        "`disable_keys: true` next to `replaces` in the setup, and run `wif-wizard apply`."
    ),
}
"""What is known of the last use of an enabled key -> what to say about the key."""
_NO_KEY = "The service account {email}, which the workload previously used, has no enabled key."
_UNREAD = (
    "The workload previously used the service account {email}. The wizard could not read the keys of this service "
    "account: {reason}"
)


def logs(subject: str, email: str | None, roles: Iterable[str]) -> list[str]:
    """Return how the workload appears in logs, and in the jobs of BigQuery if a role is one of BigQuery.

    `subject` is a part of its principal, the same in each session; `email` the service account that it acts as, if any.
    """
    notes = [_(_LOGS_OF_ACCOUNT).format(subject=subject, email=email) if email else _(_LOGS).format(subject=subject)]
    if any(role.startswith("roles/bigquery.") for role in roles):
        notes.append(_(_JOBS_OF_ACCOUNT).format(email=email) if email else _(_JOBS))
    return notes


def keys(clouds: Clouds, project: str, email: str) -> list[str]:
    """Return what is left of the keys of an account that the workload used before, one sentence each."""
    try:
        found = account_keys.read(clouds, project, email)
    except CloudError as error:
        return [_(_UNREAD).format(email=email, reason=error.message)]
    enabled = [key for key in found if not key.disabled]
    if not enabled:
        return [_(_NO_KEY).format(email=email)]
    return [_(_KEY[key.last_use.known]).format(email=email, key=key.id, detail=key.last_use.detail) for key in enabled]
