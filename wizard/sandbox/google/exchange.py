"""What Google's token service decides: whether an external credential becomes a federated token, and whose.

The order of the checks and the codes and texts of the refusals are Google's where they are published
(https://cloud.google.com/iam/docs/troubleshooting-workload-identity-federation and quoted answers); a refusal whose
text is not known has a neutral one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.federation.aws import AWS_DEFAULT_MAPPING, aws_assertion
from wizard.federation.mapping import Condition, ExpressionError, Mapped, SubjectTooLong
from wizard.federation.mapping import Mapping as AttributeMapping
from wizard.federation.principals import FederatedIdentity, principal
from wizard.sandbox.aws.errors import AwsRefusal, invalid_token
from wizard.sandbox.model.callers import Caller
from wizard.sandbox.model.pools import Provider
from wizard.sandbox.model.projects import Project
from wizard.sandbox.model.world import World

from .aws_subject_token import AwsRequest, SubjectTokenError, decode
from .errors import OAuthError, lacking
from .oidc_subject_token import oidc_assertion
from .services import require_enabled

SERVICE = "sts.googleapis.com"

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
AWS_REQUEST = "urn:ietf:params:aws:token-type:aws4_request"
OIDC_TOKENS = ("urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token")

_AUDIENCE = re.compile(
    r"//iam\.googleapis\.com/projects/([^/]+)/locations/global/workloadIdentityPools/([^/]+)/providers/([^/]+)"
)
_SCOPE = re.compile(r"https://\S+|openid|email|profile")

INVALID_AUDIENCE = (
    'Invalid value for "audience". This value should be the full resource name of the Identity Provider. See '
    "https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for the list of possible formats."
)
INVALID_TARGET = (
    'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or '
    "provider is disabled or deleted or because it doesn't exist."
)
SUBJECT_TOO_LONG = (
    "The size of mapped attribute google.subject exceeds the 127 bytes limit. Either modify your attribute mapping or "
    "the incoming assertion to produce a mapped attribute that is less than 127 bytes."
)
REJECTED = "The given credential is rejected by the attribute condition."

SUBJECT_TOKEN_TYPES = {
    "aws": (AWS_REQUEST,),
    "oidc": OIDC_TOKENS,
    "saml": ("urn:ietf:params:oauth:token-type:saml2",),
    "x509": ("urn:ietf:params:oauth:token-type:mtls",),
}
"""Kind of provider to the types of subject token that it takes (STS v1 discovery document)."""

NOT_EXCHANGED = {"saml": "token exchange for SAML providers", "x509": "token exchange for X.509 providers"}


@dataclass(frozen=True)
class ExchangeRequest:
    """A token exchange request (RFC 8693)."""

    grant_type: str
    audience: str
    scope: str
    requested_token_type: str
    subject_token_type: str
    subject_token: str

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> ExchangeRequest:
        """Read a form's fields, or those of Google's JSON variant, which spells them in camelCase."""
        return cls(**{name: _field(fields, name) for name in cls.__dataclass_fields__})


def _field(fields: Mapping[str, Any], name: str) -> str:
    head, *rest = name.split("_")
    value = fields.get(name, fields.get(head + "".join(word.title() for word in rest), ""))
    if not isinstance(value, str):
        raise OAuthError("invalid_request", f"{name} must be a string.")
    return value


def exchange(world: World, request: ExchangeRequest) -> Caller:
    """The federated caller that the token of this exchange stands for.

    Raises OAuthError, or GoogleError when the token service is off in the pool's project (403), and for the kinds of
    provider that the sandbox only stores (501).
    """
    check_form(request)
    project, provider = _target(world, request.audience)
    require_enabled(SERVICE, project)
    mapped = _admit(provider, _assertion(world, provider, request))
    identity = FederatedIdentity(provider.name.pool, mapped.subject, mapped.groups, mapped.attributes)
    member = principal(identity.pool, identity.subject)
    return Caller("federated", member, identity, tuple(request.scope.split()), world.clock())


def check_form(request: ExchangeRequest) -> None:
    """Refuse a request that is invalid for every kind of audience and token (OAuthError)."""
    if request.grant_type != GRANT_TYPE:
        raise OAuthError("unsupported_grant_type", "Unsupported grant_type.")
    if request.requested_token_type != ACCESS_TOKEN:
        raise OAuthError("invalid_request", 'Invalid value for "requested_token_type".')
    scopes = request.scope.split()
    if not scopes or not all(_SCOPE.fullmatch(scope) for scope in scopes):
        raise OAuthError("invalid_scope", "A scope is needed, and each must be an OAuth 2.0 scope of Google.")
    if not request.subject_token:
        raise OAuthError("invalid_request", "subject_token is missing.")


def _target(world: World, audience: str) -> tuple[Project, Provider]:
    named = _AUDIENCE.fullmatch(audience)
    if named is None:
        raise OAuthError("invalid_request", INVALID_AUDIENCE)
    number, pool_id, provider_id = named.groups()
    # A project's id in place of its number is a target that does not exist, not a malformed audience (reported).
    project = world.projects.find(number) if number.isdigit() else None
    pool = project.pools.get(pool_id) if project else None
    provider = pool.providers.get(provider_id) if pool else None
    if project is None or pool is None or provider is None or not pool.usable or not provider.usable:
        raise OAuthError("invalid_target", INVALID_TARGET)
    return project, provider


def _assertion(world: World, provider: Provider, request: ExchangeRequest) -> dict[str, Any]:
    """What the credential asserts, by the kind of provider; 501 (GoogleError) for kinds that the sandbox lacks."""
    if request.subject_token_type not in SUBJECT_TOKEN_TYPES[provider.kind]:
        raise OAuthError("invalid_request", 'Invalid value for "subject_token_type".')
    if provider.kind in NOT_EXCHANGED:
        raise lacking(NOT_EXCHANGED[provider.kind])
    if provider.kind == "oidc":
        return oidc_assertion(world, provider, request.subject_token)
    try:
        aws_request = decode(request.subject_token)
    except SubjectTokenError as error:
        raise OAuthError("invalid_grant", f"Invalid format of AWS credentials:{error}") from error
    return dict(_ask_aws(world, provider, aws_request))


def _ask_aws(world: World, provider: Provider, request: AwsRequest) -> dict[str, str]:
    if request.target != provider.name.audience:
        raise OAuthError("invalid_grant", "x-goog-cloud-target-resource does not name the audience.")
    try:
        if world.aws is None:
            raise invalid_token()
        who = world.aws.identify(request.method, request.url, request.headers, b"", world.clock())
    except AwsRefusal as no:
        text = f"Received invalid AWS response of type {no.code} with error message: {no.message}"
        raise OAuthError("invalid_grant", text) from no
    if who.account != provider.fields["aws"]["accountId"]:
        raise OAuthError("invalid_grant", "The AWS account of the credential is not the account of the provider.")
    return aws_assertion(who.account, who.arn, who.userid)


def _admit(provider: Provider, assertion: Mapping[str, Any]) -> Mapped:
    try:
        mapped = AttributeMapping(provider.mapping or AWS_DEFAULT_MAPPING).evaluate(assertion)
    except SubjectTooLong as error:
        raise OAuthError("invalid_request", SUBJECT_TOO_LONG) from error
    except ExpressionError as error:
        raise OAuthError("invalid_request", f"The mapping of {error.key} failed: {error.problem}") from error
    if provider.condition and not _holds(provider.condition, assertion, mapped):
        raise OAuthError("unauthorized_client", REJECTED)
    return mapped


def _holds(condition: str, assertion: Mapping[str, Any], mapped: Mapped) -> bool:
    try:
        return Condition(condition).evaluate(assertion, mapped)
    except ExpressionError:
        # A condition that fails, or is not a boolean, admits nobody.
        return False
