"""What to do, and what to look for, after a live test in the workload has passed."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.resources import account_keys

_LOGS = (
    "In audit logs, the workload now appears in protoPayload.authenticationInfo.principalSubject, with a principal "
    "that contains {subject}."
)
_LOGS_OF_ACCOUNT = (
    "In audit logs, the workload now appears as {email} in protoPayload.authenticationInfo.principalEmail, and "
    "serviceAccountDelegationInfo names a principal that contains {subject}."
)
_JOBS = "BigQuery names this principal in the column principal_subject of INFORMATION_SCHEMA.JOBS."
_JOBS_OF_ACCOUNT = "BigQuery names {email} in the column user_email of INFORMATION_SCHEMA.JOBS."
_KEY = {
    "used": (
        "The key {key} of the service account {email}, which the workload used before, is still enabled, and was last "
        "used on {detail}. To disable the account's keys, write disable_keys: true next to replaces in the setup, and "
        "run apply."
    ),
    "not used": (
        "The key {key} of the service account {email}, which the workload used before, is still enabled. Google Cloud "
        "has no record that the key was used. To disable the account's keys, write disable_keys: true next to "
        "replaces in the setup, and run apply."
    ),
    "unknown": (
        "The key {key} of the service account {email}, which the workload used before, is still enabled. To disable "
        "the account's keys, write disable_keys: true next to replaces in the setup, and run apply. The wizard could "
        "not read when the key was last used: {detail}"
    ),
}
"""What is known of the last use of an enabled key -> what to say about the key."""
_NO_KEY = "The service account {email}, which the workload used before, has no enabled key."
_UNREAD = "The wizard could not read the keys of {email}, which the workload used before: {reason}"


def logs(subject: str, email: str | None, roles: Iterable[str]) -> list[str]:
    """Return how the workload appears in logs, and in the jobs of BigQuery if a role is one of BigQuery.

    `subject` is a part of its principal, the same in each session; `email` the service account that it acts as, if any.
    """
    notes = [_LOGS_OF_ACCOUNT.format(subject=subject, email=email) if email else _LOGS.format(subject=subject)]
    if any(role.startswith("roles/bigquery.") for role in roles):
        notes.append(_JOBS_OF_ACCOUNT.format(email=email) if email else _JOBS)
    return notes


def keys(clouds: Clouds, project: str, email: str) -> list[str]:
    """Return what is left of the keys of an account that the workload used before, one sentence each."""
    try:
        found = account_keys.read(clouds, project, email)
    except CloudError as error:
        return [_UNREAD.format(email=email, reason=error.message)]
    enabled = [key for key in found if not key.disabled]
    if not enabled:
        return [_NO_KEY.format(email=email)]
    return [_KEY[key.last_use.known].format(email=email, key=key.id, detail=key.last_use.detail) for key in enabled]
