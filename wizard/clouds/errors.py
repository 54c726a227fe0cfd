"""The one error type for what the clouds refuse.

Refused (wizard.engine.resource)
└── CloudError          a cloud answered with a refusal
    ├── NoCredentials   the operator's own credentials are missing or no longer valid
    └── Unreachable     no answer at all: network, name, time-out (transient)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wizard.engine.resource import Refused

_TRANSIENT = frozenset({429, 502, 503, 504})


@dataclass
class CloudError(Refused):
    """What a cloud refused, in its own words.

    `service` is the API's host name or the AWS service's name; `operation` the call; `status` the HTTP status, None
    when there was no answer; `reason` the cloud's own code (`PERMISSION_DENIED`, `AccessDenied`); `hint` what the
    operator can do, where that is known; `details` the cloud's structured details.
    """

    service: str
    operation: str
    status: int | None
    reason: str
    message: str
    hint: str = ""
    transient: bool = False
    details: tuple[dict[str, Any], ...] = ()

    def __post_init__(self) -> None:
        Exception.__init__(self, self.message)

    def __str__(self) -> str:
        status = f"{self.status} " if self.status else ""
        text = f"{self.service}: {self.operation}: {status}{self.reason}: {self.message}"
        return f"{text}\n  {self.hint}" if self.hint else text

    def detail(self, key: str) -> str | None:
        """The value of `key` in the metadata of the error's ErrorInfo, if there is one."""
        for each in self.details:
            value = each.get("metadata", {}).get(key)
            if isinstance(value, str):
                return value
        return None

    @property
    def service_disabled(self) -> str | None:
        """The API that is switched off in the consumer's project, when that is why the call was refused."""
        if not any(each.get("reason") == "SERVICE_DISABLED" for each in self.details):
            return None
        return self.detail("service") or self.service


class NoCredentials(CloudError):  # noqa: N818 (named by what is the matter, as Refused is)
    """The operator's own credentials were not found, or are no longer valid."""


class Unreachable(CloudError):  # noqa: N818
    """The cloud gave no answer."""


def is_transient(status: int | None) -> bool:
    """Whether a call that was answered with this HTTP status may be made again as it is."""
    return status in _TRANSIENT
