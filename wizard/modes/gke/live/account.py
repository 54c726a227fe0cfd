"""The Kubernetes service account: that it is there, whom it is annotated to act as, and a token of it."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from wizard.chain.hop import Outcome, Refusal
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import Kubernetes
from wizard.federation.gke import ANNOTATION
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.hops import KSA_TOKEN
from wizard.secret import Secret

_SECONDS = 600  # the shortest life of a token that Kubernetes gives out


@dataclass(frozen=True)
class AccountFacts:
    """The KSA's annotations, and its token."""

    annotations: dict[str, str] = field(default_factory=dict)
    token: Secret | None = None

    @property
    def acts_as(self) -> str | None:
        """The GSA that the KSA is annotated with: the cluster makes its pods act as that one."""
        return self.annotations.get(ANNOTATION) or None


def account(test: GkeTest, kubernetes: Kubernetes, pool: str) -> tuple[Outcome, AccountFacts]:
    """Read the KSA and ask for a token of it, for the workload identity pool. Raises CloudError."""
    from lightkube.resources.core_v1 import ServiceAccount

    _check_namespace(test, kubernetes)
    found = kubernetes.get(ServiceAccount, test.service_account, test.namespace)
    facts = AccountFacts(dict((found.metadata and found.metadata.annotations) or {}))
    evidence = [f"{test.title} exists, {_annotated(test, facts)}"]
    sent: dict[str, Any] = {"audience": pool, "expirationSeconds": _SECONDS}
    if test.google_service_account and not facts.acts_as:
        refusal = Refusal("NotAnnotated", f"{test.title} has no annotation {ANNOTATION}")
        return Outcome.of(KSA_TOKEN, evidence, refusal, sent), facts
    facts = AccountFacts(facts.annotations, _token(test, kubernetes, pool))
    claims = _claims(facts.token.reveal()) if facts.token else {}
    received = {key: claims.get(key) for key in ("iss", "sub", "aud", "exp")}
    evidence.append(f"the cluster gave a token of {claims.get('sub')} for {pool}")
    if claims.get("iss") == test.cluster.issuer:
        return Outcome.of(KSA_TOKEN, evidence, None, sent, received), facts
    refusal = Refusal("OtherCluster", f"the token's issuer is {claims.get('iss')}, not {test.cluster.issuer}")
    return Outcome.of(KSA_TOKEN, evidence, refusal, sent, received), facts


def _check_namespace(test: GkeTest, kubernetes: Kubernetes) -> None:
    """The namespace is there to stay. Raises CloudError."""
    from lightkube.resources.core_v1 import Namespace

    try:
        found = kubernetes.get(Namespace, test.namespace)
    except CloudError as error:
        if error.status == 403:  # who may work in a namespace need not be able to read it
            return
        raise
    if found.status and found.status.phase == "Terminating":
        raise CloudError("kubernetes", "get namespaces", None, "Terminating", f"{test.namespace} is being deleted")


def _annotated(test: GkeTest, facts: AccountFacts) -> str:
    if not facts.acts_as:
        return "not annotated: its pods act as themselves"
    if not test.google_service_account:
        return f"annotated to act as {facts.acts_as}, although the setup wants direct access"
    if facts.acts_as != test.google_service_account:
        return f"annotated to act as {facts.acts_as}, although the setup wants {test.google_service_account}"
    return f"annotated to act as {facts.acts_as}"


def _token(test: GkeTest, kubernetes: Kubernetes, pool: str) -> Secret:
    from lightkube.models.authentication_v1 import TokenRequestSpec
    from lightkube.models.meta_v1 import ObjectMeta
    from lightkube.resources.core_v1 import ServiceAccountToken

    spec = TokenRequestSpec(audiences=[pool], expirationSeconds=_SECONDS)
    wanted = ServiceAccountToken(spec=spec, metadata=ObjectMeta())  # lightkube looks for a namespace in it
    given = kubernetes.create(wanted, test.namespace, of=test.service_account)
    return Secret(str(given.status.token) if given.status else "")


def _claims(token: str) -> dict[str, Any]:
    """The token's claims; nobody checks its signature here, that is the token service's part."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, IndexError):
        return {}
    return claims if isinstance(claims, dict) else {}
