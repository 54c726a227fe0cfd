"""Credential configurations that are refused, and what the clients were recorded to say about each refusal.

The recordings are of google-auth 2.62 and google-auth-library 10.9; where Google's own text is not known, only the
code of the refusal is given.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName

NUMBER, DORMANT = "123456789012", "210987654321"
INVALID_AUDIENCE = (
    'Invalid value for "audience". This value should be the full resource name of the Identity Provider. See '
    "https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for the list of possible formats."
)
INVALID_TARGET = (
    'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or '
    "provider is disabled or deleted or because it doesn't exist."
)
REJECTED = "The given credential is rejected by the attribute condition."
WRONG_SIGNATURE = (
    "Received invalid AWS response of type SignatureDoesNotMatch with error message: The request signature we "
    "calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. "
    "Consult the service documentation for details."
)
UNKNOWN_KEY = (
    "Received invalid AWS response of type InvalidClientTokenId with error message: The security token included in "
    "the request is invalid."
)
SUBJECT_TOO_LONG = (
    "The size of mapped attribute google.subject exceeds the 127 bytes limit. Either modify your attribute mapping or "
    "the incoming assertion to produce a mapped attribute that is less than 127 bytes."
)
NOT_ALLOWED = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."
NO_ACCOUNT = "Not found; Gaia id not found for email nobody@acme-analytics.iam.gserviceaccount.com"


def off(title: str, service: str) -> str:
    """What Google says when an API is off in acme-dormant."""
    return (
        f"{title} has not been used in project {DORMANT} before or it is disabled. Enable it by visiting "
        f"https://console.developers.google.com/apis/api/{service}/overview?project={DORMANT} then retry. If you "
        "enabled this API recently, wait a few minutes for the action to propagate to our systems and retry."
    )


STS_OFF = off("Security Token Service API", "sts.googleapis.com")
CREDENTIALS_OFF = off("IAM Service Account Credentials API", "iamcredentials.googleapis.com")


@dataclass(frozen=True)
class Case:
    """One configuration, the keys it is used with, and its refusal.

    `oauth` is the code of a refusal by the token service, `status` that of a refusal by IAM Credentials.
    """

    name: str
    provider: str = "any-role"
    pool: str = "aws-prod"
    number: str = NUMBER
    audience: str | None = None
    account: str | None = None
    lifetime: int | None = None
    keys: str = "loader"
    variables: Mapping[str, str] = field(default_factory=dict)
    oauth: str | None = None
    status: str | None = None
    text: str | None = None

    def config(self) -> dict[str, Any]:
        """The file."""
        document = credential_config(
            ProviderName(PoolName(self.number, self.pool), self.provider),
            service_account=self.account,
            token_lifetime=self.lifetime,
        )
        return {**document, "audience": self.audience or document["audience"]}

    def environment(self, keys: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """The variables that the client finds its AWS keys in."""
        return {**keys[self.keys], **self.variables}


def account(name: str, project: str = "acme-analytics") -> str:
    """The email address of a service account."""
    return f"{name}@{project}.iam.gserviceaccount.com"


_PROVIDERS = "workloadIdentityPools/aws-prod/providers/any-role"
_AUDIENCE = f"//iam.googleapis.com/projects/{NUMBER}/locations/global/{_PROVIDERS}"

REFUSALS = [
    Case("the condition names another role", provider="other-role", oauth="unauthorized_client", text=REJECTED),
    Case("the caller is a user, not the role", provider="the-role", keys="operator", oauth="unauthorized_client"),
    Case("the provider is disabled", provider="switched-off", oauth="invalid_target", text=INVALID_TARGET),
    Case("the provider is deleted", provider="deleted", oauth="invalid_target", text=INVALID_TARGET),
    Case("there is no such provider", provider="missing", oauth="invalid_target", text=INVALID_TARGET),
    Case("the pool is disabled", "the-role", "pool-off", oauth="invalid_target", text=INVALID_TARGET),
    Case("the pool is deleted", "the-role", "pool-deleted", oauth="invalid_target", text=INVALID_TARGET),
    Case(
        "the audience has the project's id",
        audience=_AUDIENCE.replace(NUMBER, "acme-analytics"),
        oauth="invalid_target",
        text=INVALID_TARGET,
    ),
    Case(
        "the audience is the pool",
        audience=_AUDIENCE.removesuffix("/providers/any-role"),
        oauth="invalid_request",
        text=INVALID_AUDIENCE,
    ),
    Case(
        "the audience's prefix is doubled",
        audience="//iam.googleapis.com/" + _AUDIENCE,
        oauth="invalid_request",
        text=INVALID_AUDIENCE,
    ),
    Case("the secret is wrong", keys="forged", oauth="invalid_grant", text=WRONG_SIGNATURE),
    Case("the session token is missing", keys="bare", oauth="invalid_grant", text=UNKNOWN_KEY),
    Case("the account is another one", provider="other-account", oauth="invalid_grant"),
    Case("the subject is too long", keys="long", oauth="invalid_request", text=SUBJECT_TOO_LONG),
    Case(
        "the account may not be impersonated", account=account("closed"), status="PERMISSION_DENIED", text=NOT_ALLOWED
    ),
    Case("there is no such account", account=account("nobody"), status="NOT_FOUND", text=NO_ACCOUNT),
    Case("the address is malformed", account="not-an-email", status="INVALID_ARGUMENT"),
    Case("the account is disabled", account=account("stopped"), status="FAILED_PRECONDITION"),
    Case("the lifetime is too long", account=account("loader"), lifetime=7200, status="INVALID_ARGUMENT"),
    Case(
        "impersonation is off in the account's project",
        account=account("sleeper", "acme-dormant"),
        status="PERMISSION_DENIED",
        text=CREDENTIALS_OFF,
    ),
]
"""Refusals by the clouds, which every client passes on in its own manner."""

STS_IS_OFF = Case("the token service is off", "the-role", number=DORMANT, status="PERMISSION_DENIED", text=STS_OFF)
"""Refused in the manner of other APIs, which the clients do not expect of the token service."""


def python_says(case: Case, arguments: tuple[Any, ...]) -> None:
    """Check what google-auth's exception carries: a sentence, and the body of the answer."""
    sentence, raw = arguments[0], arguments[1]
    body = json.loads(raw)
    if case.oauth is not None:
        assert body["error"] == case.oauth
        assert sentence == f"Error code {case.oauth}: {case.text or body['error_description']}"
        return
    assert body["error"]["status"] == case.status
    assert body["error"]["message"] == (case.text or body["error"]["message"])
    assert sentence == "Unable to acquire impersonated credentials"


def node_says(case: Case, error: str) -> None:
    """Check what google-auth-library's error says: one sentence."""
    if case.oauth is not None:
        assert error.startswith(f"Error: Error code {case.oauth}: ")
        assert case.text is None or error == f"Error: Error code {case.oauth}: {case.text}"
        return
    assert case.text is None or error.endswith(f"Error: {case.text}")
