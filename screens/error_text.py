"""Explains an error to the user: operation, error in the cloud's own words, cause and fix."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.language import _
from wizard.outside.text import one_line

if TYPE_CHECKING:
    from wizard.clouds.errors import CloudError

_CAUSES = {
    "NoCredentials": "the wizard did not find your credentials, or cannot use them",
    "ExpiredCredentials": "your credentials have expired",
    "RefusedCredentials": "the cloud did not accept your credentials: the credentials are wrong, or no longer valid",
    "Unreachable": "the cloud did not answer: check the network, the proxy and DNS",
    "OtherAccount": "your credentials belong to another account, not to the account in the setup",
    "AccessDenied": "AWS accepts your credentials, but you do not have permission for this action",
    "PERMISSION_DENIED": "Google Cloud accepts your credentials, but you do not have permission for this action",
    "UNAUTHENTICATED": "Google Cloud does not accept your credentials",
    "ExpiredToken": "your AWS credentials have expired",
    "InvalidClientTokenId": "AWS does not recognize your access key",
    "SignatureDoesNotMatch": "your AWS secret access key does not match the access key ID",
    "RESOURCE_EXHAUSTED": "the cloud received too many requests in a short time",
    "Throttling": "the cloud received too many requests in a short time",
}
_FIXES = {
    "Unreachable": "check the network, then try again",
    "AccessDenied": "ask for permission for the action in the error, or set AWS_PROFILE to a different profile",
    "PERMISSION_DENIED": "ask for the permission in the error, or sign in with an account that has this permission",
    "UNAUTHENTICATED": "sign in again: gcloud auth application-default login",
    "ExpiredToken": "sign in again: aws sso login",
    "InvalidClientTokenId": "set AWS_PROFILE to another profile, or create a new access key",
    "SignatureDoesNotMatch": "correct the secret access key, or create a new access key",
    "RESOURCE_EXHAUSTED": "wait a few seconds, then try again",
    "Throttling": "wait a few seconds, then try again",
}


@dataclass(frozen=True)
class ErrorText:
    """The parts of an error. Any part can be empty. `raw` is the full error, as JSON or text."""

    operation: str
    error: str
    cause: str
    fix: str
    raw: str

    @property
    def labelled(self) -> list[tuple[str, str]]:
        """The parts that are not empty, each with its label."""
        parts = [
            (_("Operation"), self.operation),
            (_("Error"), self.error),
            (_("Cause"), self.cause),
            (_("Fix"), self.fix),
        ]
        return [(label, text) for label, text in parts if text]

    @property
    def text(self) -> str:
        """All parts as plain text, one per line, to copy."""
        return "\n".join(f"{label}: {text}" for label, text in self.labelled)


def explain(error: BaseException) -> ErrorText:
    """Return the parts of an error."""
    from wizard.clouds.errors import CloudError
    from wizard.engine.stale import StalePlan
    from wizard.setup.problems import SetupError

    if isinstance(error, CloudError):
        return _explain_refusal(error)
    if isinstance(error, StalePlan):
        cause = _(
            "another user or tool changed the resource after your review, so the wizard did not change the resource"
        )
        message = one_line(error.message)
        return ErrorText("", message, cause, _("plan again, and review the new plan"), message)
    if isinstance(error, SetupError):
        lines = "\n".join(str(problem) for problem in error.problems)
        return ErrorText(
            "", lines, _("the answers do not form a valid setup"), _("go back and correct the answers"), lines
        )
    text = str(error) or type(error).__name__
    return ErrorText("", text, "", "", text)


def _explain_refusal(error: CloudError) -> ErrorText:
    kind = type(error).__name__
    of_cause = kind if kind in _CAUSES else error.reason
    of_fix = kind if kind in _FIXES else error.reason
    cause = _(_CAUSES[of_cause]) if of_cause in _CAUSES else ""
    fix = error.hint or (_(_FIXES[of_fix]) if of_fix in _FIXES else "")
    status = f"{error.status} " if error.status else ""
    raw = {
        "service": error.service,
        "operation": error.operation,
        "status": error.status,
        "reason": error.reason,
        "message": error.message,
        "details": list(error.details),
    }
    operation = one_line(f"{error.service}: {error.operation}")
    answer = one_line(f"{status}{error.reason}: {error.message}")
    return ErrorText(operation, answer, cause, fix, json.dumps(raw, indent=2, ensure_ascii=False))
