"""An error for people: what was tried, what was answered in its own words, what it means, what to do."""

from __future__ import annotations

import json
from dataclasses import dataclass

_MEANINGS = {
    "NoCredentials": "your own credentials were not found, or are no longer valid",
    "Unreachable": "there was no answer: the network, a proxy or the name service stands between",
    "OtherAccount": "your credentials are of another account than the setup's",
    "AccessDenied": "AWS knows you, and you are not allowed to do this",
    "PERMISSION_DENIED": "Google knows you, and you are not allowed to do this",
    "UNAUTHENTICATED": "Google did not accept your credentials",
    "ExpiredToken": "your AWS credentials have expired",
    "InvalidClientTokenId": "AWS does not know your access key",
    "SignatureDoesNotMatch": "your AWS secret key does not belong to the key id",
    "RESOURCE_EXHAUSTED": "too many requests in a short time",
    "Throttling": "too many requests in a short time",
}
_TO_DO = {
    "Unreachable": "look at the network, then try again",
    "AccessDenied": "ask for the action that is named, or use another AWS_PROFILE",
    "PERMISSION_DENIED": "ask for the permission that is named, or sign in as somebody who has it",
    "UNAUTHENTICATED": "sign in again: gcloud auth application-default login",
    "ExpiredToken": "sign in again: aws sso login",
    "InvalidClientTokenId": "choose another AWS_PROFILE, or create new keys",
    "SignatureDoesNotMatch": "correct the secret key, or create new keys",
    "RESOURCE_EXHAUSTED": "wait a few seconds, then try again",
    "Throttling": "wait a few seconds, then try again",
}


@dataclass(frozen=True)
class Told:
    """An error in its parts; any of them may be empty. `raw` is everything that is known, as JSON or text."""

    tried: str
    said: str
    means: str
    to_do: str
    raw: str

    @property
    def text(self) -> str:
        """Everything in lines, to be copied."""
        parts = [("tried", self.tried), ("answer", self.said), ("means", self.means), ("to do", self.to_do)]
        return "\n".join(f"{label}: {text}" for label, text in parts if text)


def told(error: BaseException) -> Told:
    """The error in its parts."""
    from wizard.clouds.errors import CloudError
    from wizard.engine.stale import StalePlan
    from wizard.setup.problems import SetupError

    if isinstance(error, CloudError):
        return _cloud(error)
    if isinstance(error, StalePlan):
        means = "somebody or something else changed it after you reviewed the plan, so it was left alone"
        return Told("", error.message, means, "plan again, and look at the new plan", error.message)
    if isinstance(error, SetupError):
        lines = "\n".join(str(problem) for problem in error.problems)
        return Told("", lines, "the answers do not make a setup that can be used", "go back and correct them", lines)
    text = str(error) or type(error).__name__
    return Told("", text, "", "", text)


def _cloud(error: object) -> Told:
    from wizard.clouds.errors import CloudError

    assert isinstance(error, CloudError)
    keys = (type(error).__name__, error.reason)
    means = next((_MEANINGS[key] for key in keys if key in _MEANINGS), "")
    to_do = error.hint or next((_TO_DO[key] for key in keys if key in _TO_DO), "")
    status = f"{error.status} " if error.status else ""
    raw = {
        "service": error.service,
        "operation": error.operation,
        "status": error.status,
        "reason": error.reason,
        "message": error.message,
        "details": list(error.details),
    }
    said = f"{status}{error.reason}: {error.message}"
    return Told(
        f"{error.service}: {error.operation}", said, means, to_do, json.dumps(raw, indent=2, ensure_ascii=False)
    )
