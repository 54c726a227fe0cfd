"""The error type for everything that the clouds refuse.

Refused (wizard.engine.resource)
└── CloudError          a cloud answered with a refusal
    ├── NoCredentials   the operator's credentials are missing
    │   ├── ExpiredCredentials   they are there, but no longer valid
    │   └── RefusedCredentials   they are there, but the cloud does not accept them
    ├── Unreachable     no answer: a network or DNS problem, or a timeout (transient)
    └── Unreadable      an answer that is not one of the cloud's: a page of a proxy, or half of an answer
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wizard.engine.resource import Refused
from wizard.language import _
from wizard.outside.text import one_line

_TRANSIENT = frozenset({429, 500, 502, 503, 504})
AFTER_THE_EFFECT = frozenset({500, 502, 504})
"""HTTP statuses after which a write may have taken effect: 429 and 503 refuse it before."""

_NETWORK = (
    "check the network: a proxy or a sign-in page can answer in place of the cloud, or cut off the cloud's responses"
)


@dataclass
class CloudError(Refused):
    """A refusal of a cloud API, with the cloud's own message.

    `service` is the host name of the API or the name of the AWS service; `operation` the call; `status` the HTTP
    status, None if there was no answer; `reason` the cloud's own code (`PERMISSION_DENIED`, `AccessDenied`); `hint` the
    fix, if it is known; `details` the cloud's structured details; `lost` whether a write may have taken effect;
    `retry_after` the seconds that the cloud asks to wait before the next attempt.
    """

    service: str
    operation: str
    status: int | None
    reason: str
    message: str
    hint: str = ""
    transient: bool = False
    details: tuple[dict[str, Any], ...] = ()
    lost: bool = False
    retry_after: float = 0.0

    def __post_init__(self) -> None:
        Exception.__init__(self, self.message)

    def __str__(self) -> str:
        status = f"{self.status} " if self.status else ""
        text = one_line(f"{self.service}: {self.operation}: {status}{self.reason}: {self.message}")
        return f"{text}\n  {self.hint}" if self.hint else text

    def detail(self, key: str) -> str | None:
        """Return the value of `key` in the metadata of the error's ErrorInfo; None if there is none."""
        for detail in self.details:
            value = detail.get("metadata", {}).get(key)
            if isinstance(value, str):
                return value
        return None

    @property
    def service_disabled(self) -> str | None:
        """The API that is not enabled in the project, if that is the reason for the refusal; otherwise None."""
        if not any(detail.get("reason") == "SERVICE_DISABLED" for detail in self.details):
            return None
        return self.detail("service") or self.service


class NoCredentials(CloudError):  # noqa: N818 (named after the refusal, as Refused is)
    """The operator's credentials were not found, or cannot be used."""


class ExpiredCredentials(NoCredentials):
    """The operator's credentials are no longer valid."""


class RefusedCredentials(NoCredentials):
    """The cloud does not accept the operator's credentials: they are wrong, or were revoked."""


class Unreachable(CloudError):  # noqa: N818
    """The cloud did not answer."""


class Unreadable(CloudError):  # noqa: N818
    """There is an answer, but it cannot be read. The message never quotes it, since it can have keys and tokens."""


def unreadable(
    service: str, operation: str, host: str, status: int | None, what: str, lost: bool = False
) -> Unreadable:
    """Return the error for an answer of `host` that cannot be read. `what` says why, and quotes nothing of it."""
    message = _("the wizard could not read the response from {host} (HTTP {status}): {what}").format(
        host=host, status=status, what=what
    )
    if status is None:
        message = _("the wizard could not read the response from {host}: {what}").format(host=host, what=what)
    return Unreadable(service, operation, status, "UNREADABLE", message, _(_NETWORK), is_transient(status), lost=lost)


def is_transient(status: int | None) -> bool:
    """Return whether the same call can succeed later after this HTTP status."""
    return status in _TRANSIENT
