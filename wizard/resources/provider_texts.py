"""What people read about a provider that exists: why it cannot serve, and who gains from a change."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wizard.federation.aws import is_outbound_issuer
from wizard.language import N_

OTHER_TYPE = N_(
    "The provider {provider} in the pool {pool} is for {type}, not for AWS, and Google Cloud cannot change the type "
    "of a provider."
)
OTHER_ACCOUNT = N_(
    "The provider {provider} in the pool {pool} is for the AWS account {theirs}, but the setup is for {ours}. If the "
    "wizard changed the provider's account to {ours}, the workloads in {theirs} would lose access."
)
CANNOT_ADMIT = N_(
    "The wizard cannot change the provider {provider} in the pool {pool} to accept the role {role} in addition to "
    "the identities that the provider accepts now: {reason}."
)
NOT_OIDC = N_(
    "The provider {provider} in the pool {pool} is for {type}, not for OpenID Connect (OIDC), and Google Cloud cannot "
    "change the type of a provider."
)
OTHER_ISSUER = N_(
    "The provider {provider} in the pool {pool} is for the issuer {theirs}, but the cluster's issuer is {ours}. If the "
    "wizard changed the provider's issuer to {ours}, the workloads that use {theirs} would lose access."
)
OTHER_SUBJECT = N_(
    "The provider {provider} in the pool {pool} maps google.subject to {expression}, but grants to the workload "
    "{workload} need google.subject=assertion.sub."
)
CANNOT_JOIN = N_(
    "The wizard cannot change the provider {provider} in the pool {pool} to accept the workload {workload} in "
    "addition to the identities that the provider accepts now: {reason}."
)
TOO_LONG_TO_JOIN = N_(
    "The wizard cannot add the workload {workload} to the condition of the provider {provider} in the pool {pool}: the "
    "condition would be longer than {limit} characters."
)
OWN_PROVIDER = N_(
    "Use a separate provider in the same pool: write `provider: {name}` in the google section of the setup, then "
    "plan again."
)

ENABLED = N_(
    "The provider is disabled. The wizard will enable the provider. These identities can then get tokens again: "
    "{whom}. To leave the provider disabled, write the name of a new provider in the setup."
)
UNDELETED = N_(
    "The provider is deleted. The wizard will undelete the provider. These identities can then get tokens again: "
    "{whom}."
)
EVERYONE = N_("every identity in the AWS account {account}")
EVERYONE_IN_CLUSTER = N_("every Kubernetes service account in the cluster {cluster}")
WHOEVER = N_("every identity that meets the condition {condition}")

NO_CONDITION = N_(
    "The provider {provider} has no condition. These identities can get a token: {everyone}. An identity without a "
    "role has no access. The wizard does not add a condition, because other workloads could lose access."
)
SAME_VALUE_ELSEWHERE = N_(
    "{arn} can get a token from the provider {provider} in the same pool. The mapping of this provider gives {arn} "
    "the same {key} as the role {role}, so {arn} also gets every Google Cloud role that is granted to {value}. To "
    "separate the two identities, write the name of a new pool in the setup."
)
MADE_EFFECTIVE = N_(
    "The new attributes of the mapping make a grant effective: {arn} gets {granted}, which the policy of {project} "
    "grants to {member}."
)
MADE_EFFECTIVE_UNDER_CONDITION = N_(
    "The new attributes of the mapping make a grant effective: {arn} gets {granted}, which the policy of {project} "
    "grants to {member} under the condition {condition}."
)

TYPES = {"oidc": "OpenID Connect (OIDC)", "saml": "SAML", "x509": N_("X.509 certificates")}
"""The types of providers other than AWS, as people know them, by the field of the API."""

_ID_LIMIT = 32  # characters of a provider ID


AWS_TOKENS = N_("JWTs from AWS (OIDC, sts:GetWebIdentityToken; not proven to work with Google Cloud)")


def title_of(kind: str, issuer: object = None) -> str:
    """Return the type of a provider, as people know it. `issuer` is that of an OIDC provider."""
    if kind == "oidc" and is_outbound_issuer(issuer):
        return AWS_TOKENS
    return "AWS" if kind == "aws" else TYPES.get(kind, kind)


def type_of(provider: Mapping[str, object]) -> str:
    """Return the type of a provider as the API answers it: "aws", "oidc", "saml" or "x509"; "unknown" for others."""
    for kind in ("aws", *TYPES):
        if kind in provider:
            return kind
    return "unknown"


def own_provider(role: str, taken: str, prefix: str = "aws") -> str:
    """Return a valid ID for a provider of this role or service account only, other than `taken`."""
    words = re.sub(r"[^a-z0-9]+", "-", role.lower()).strip("-")
    name = f"{prefix}-{words}"[:_ID_LIMIT].rstrip("-")
    return name if name != taken else f"{name[: _ID_LIMIT - 2].rstrip('-')}-2"
