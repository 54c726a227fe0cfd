"""Predict how Google's token service maps a pod on EKS, whether it admits it, and whether the grant names it."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.engine.resource import Refused, State
from wizard.federation import eks
from wizard.federation.identifiers import PoolName
from wizard.federation.mapping import Condition, ExpressionError, Mapped
from wizard.federation.principals import principal
from wizard.language import N_
from wizard.modes.aws.admission import Admission
from wizard.resources.oidc_provider import OidcProvider, ServiceAccountTokens

_OTHER = "another-service-account"
_ISSUER = "https://oidc.example.com"  # in place of the cluster's, which decides nothing here


@dataclass(frozen=True)
class PodWorkload:
    """The answers that decide what Google sees. `number` is the number of the pool's project, or a placeholder.

    `existing` is the provider that exists, as `read_provider` returns it; None if there is none, or if not known.
    """

    cluster: str
    namespace: str
    service_account: str
    pool: str
    number: str
    provider: str = "PROVIDER"
    existing: State | None = None


def admission(workload: PodWorkload) -> Admission:
    """Return the prediction for a token of the service account. Calls no cloud."""
    subject = eks.subject(workload.namespace, workload.service_account)
    existing = workload.existing
    issuer = str(existing["issuer"]) if existing and existing.get("issuer") else _ISSUER
    tokens = ServiceAccountTokens(issuer, workload.cluster, workload.namespace, workload.service_account)
    provider = OidcProvider("", workload.pool, workload.provider, workload.number, tokens)
    old = str(existing["condition"]) if existing else None
    member = principal(PoolName(workload.number, workload.pool), subject)
    seen = Admission(
        subject,
        member,
        old or "",
        subject,
        admitted=True,
        named=True,
        old_condition=old,
        label=N_("token of"),
        others_label=N_("other pods"),
    )
    try:
        after = provider.desired_with(existing)
    except Refused as refused:
        return Admission(**{**vars(seen), "refusal": refused.message, "admitted": None, "named": None})
    condition = str(after["condition"])
    return Admission(**{**vars(seen), "condition": condition, "others": _admits_others(condition, workload)})


def _admits_others(condition: str, workload: PodWorkload) -> bool:
    """Return whether the condition also admits another service account of the namespace."""
    subject = eks.subject(workload.namespace, _OTHER)
    claims = eks.claims(_ISSUER, workload.namespace, _OTHER, "audience")
    try:
        return not condition or Condition(condition).evaluate(claims, Mapped(subject))
    except ExpressionError:
        return False
