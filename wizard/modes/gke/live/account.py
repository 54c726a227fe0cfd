"""Check the Kubernetes service account (KSA): its existence, its annotation, and a token for it."""

import base64
import json
from dataclasses import dataclass, field, replace
from typing import Any

from wizard.chain.hop import Outcome, Refusal
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import Kubernetes
from wizard.federation.gke import ANNOTATION
from wizard.language import _
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.hops import KSA_TOKEN
from wizard.modes.gke.live.reads import ClusterReads
from wizard.secret import Secret

_SECONDS = 600  # the shortest lifetime of a token in Kubernetes


@dataclass(frozen=True)
class AccountFacts:
    """The KSA's annotations, and a token for it; None before there is one."""

    annotations: dict[str, str] = field(default_factory=dict)
    token: Secret | None = None
    uid: str = ""

    @property
    def acts_as(self) -> str | None:
        """The Google service account (GSA) in the KSA's annotation, which its pods act as; None without one."""
        return self.annotations.get(ANNOTATION) or None


def account(test: GkeTest, reads: ClusterReads, pool: str) -> tuple[Outcome, AccountFacts]:
    """Read the KSA, and request a token for it with the pool as its audience. Raises CloudError."""
    _check_namespace(test, reads)
    ksa = reads.account(test.namespace, test.service_account)
    facts = AccountFacts(dict(ksa["metadata"].get("annotations") or {}), uid=str(ksa["metadata"].get("uid") or ""))
    evidence = [_described(test, facts)]
    sent: dict[str, Any] = {"audience": pool, "expirationSeconds": _SECONDS}
    if test.google_service_account and not facts.acts_as:
        refusal = Refusal("NotAnnotated", f"{test.title} has no annotation {ANNOTATION}")
        return Outcome.of(KSA_TOKEN, evidence, refusal, sent), facts
    facts = replace(facts, token=_token(test, reads.kubernetes, pool))
    claims = _claims(facts.token.reveal()) if facts.token else {}
    received = {key: claims.get(key) for key in ("iss", "sub", "aud", "exp")}
    subject, issuer = claims.get("sub"), claims.get("iss")
    evidence.append(
        _("the cluster issued a token for {subject}, with the audience {pool}").format(subject=subject, pool=pool)
    )
    if issuer == test.cluster.issuer:
        return Outcome.of(KSA_TOKEN, evidence, None, sent, received), facts
    refusal = Refusal("OtherCluster", f"the token's issuer is {issuer}, not {test.cluster.issuer}")
    return Outcome.of(KSA_TOKEN, evidence, refusal, sent, received), facts


def _check_namespace(test: GkeTest, reads: ClusterReads) -> None:
    """Raise CloudError if the namespace does not exist, or is being deleted."""
    try:
        namespace = reads.namespace(test.namespace)
    except CloudError as error:
        if error.status == 403:  # permission to work in a namespace does not include permission to read it
            return
        raise
    if (namespace.get("status") or {}).get("phase") == "Terminating":
        raise CloudError(
            "kubernetes",
            "get namespaces",
            None,
            "Terminating",
            _("the namespace {namespace} is being deleted").format(namespace=test.namespace),
        )


def _described(test: GkeTest, facts: AccountFacts) -> str:
    wanted = test.google_service_account
    if not facts.acts_as:
        return _("{title} exists and has no annotation, so its pods call Google Cloud as {title}").format(
            title=test.title
        )
    if not wanted:
        return _("{title} exists, and its annotation names {acts_as}, but setup.yaml specifies direct access").format(
            title=test.title, acts_as=facts.acts_as
        )
    if facts.acts_as != wanted:
        return _("{title} exists, and its annotation names {acts_as}, but setup.yaml specifies {wanted}").format(
            title=test.title, acts_as=facts.acts_as, wanted=wanted
        )
    return _("{title} exists, and its annotation names {acts_as}").format(title=test.title, acts_as=facts.acts_as)


def _token(test: GkeTest, kubernetes: Kubernetes, pool: str) -> Secret:
    from lightkube.models.authentication_v1 import TokenRequestSpec
    from lightkube.models.meta_v1 import ObjectMeta
    from lightkube.resources.core_v1 import ServiceAccountToken

    spec = TokenRequestSpec(audiences=[pool], expirationSeconds=_SECONDS)
    wanted = ServiceAccountToken(spec=spec, metadata=ObjectMeta())  # lightkube looks for a namespace in it
    given = kubernetes.create(wanted, test.namespace, of=test.service_account)
    return Secret(str(given.status.token) if given.status else "")


def _claims(token: str) -> dict[str, Any]:
    """Return the token's claims; empty if it cannot be read. The token service checks the signature later."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, IndexError):
        return {}
    return claims if isinstance(claims, dict) else {}
