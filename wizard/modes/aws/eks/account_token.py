"""A token for the workload's Kubernetes service account, which the operator requests from the cluster."""

from __future__ import annotations

from wizard.chain.hop import Outcome, Refusal
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import Kubernetes
from wizard.language import _
from wizard.modes.aws.eks.facts import EksTest
from wizard.modes.aws.eks.hops import SUBJECT_TOKEN
from wizard.secret import Secret

ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"
_SECONDS = 600  # the shortest lifetime of a token in Kubernetes
_ASKED = "the cluster {cluster} issued a token for {account}, as it does for the workload's pods"
_IRSA = (
    "{account} also has the IAM role {role} (IRSA): the pods use this role for calls to AWS, but Google's auth "
    "libraries do not use this role"
)
_POD_IDENTITY = (
    "{account} also has an IAM role (EKS Pod Identity): the pods use this role for calls to AWS, but Google's auth "
    "libraries do not use this role"
)


def request(test: EksTest, kubernetes: Kubernetes) -> tuple[Secret | None, Outcome]:
    """Return the token, and the outcome of the step so far. Without a token, the outcome has failed."""
    sent = {"audience": test.audience, "expirationSeconds": _SECONDS}
    try:
        evidence = [_(_ASKED).format(cluster=test.cluster, account=test.title), *_role(test, kubernetes)]
        token = _token(test, kubernetes)
    except CloudError as error:
        code = str(error.reason or f"HTTP {error.status}")
        return None, Outcome.of(SUBJECT_TOKEN, (error.message,), Refusal(code, error.message), sent)
    return token, Outcome.of(SUBJECT_TOKEN, evidence, None, sent)


def _role(test: EksTest, kubernetes: Kubernetes) -> list[str]:
    """Return that the service account also has IAM roles, if it has some. Raises CloudError."""
    from lightkube.resources.core_v1 import ServiceAccount

    account = kubernetes.get(ServiceAccount, test.service_account, test.namespace)
    annotations = (account.metadata.annotations if account.metadata else None) or {}
    role = annotations.get(ROLE_ANNOTATION)
    irsa = [_(_IRSA).format(account=test.title, role=role)] if role else []
    return [*irsa, *([_(_POD_IDENTITY).format(account=test.title)] if test.has_pod_identity else [])]


def _token(test: EksTest, kubernetes: Kubernetes) -> Secret:
    from lightkube.models.authentication_v1 import TokenRequestSpec
    from lightkube.models.meta_v1 import ObjectMeta
    from lightkube.resources.core_v1 import ServiceAccountToken

    spec = TokenRequestSpec(audiences=[test.audience], expirationSeconds=_SECONDS)
    wanted = ServiceAccountToken(spec=spec, metadata=ObjectMeta())  # lightkube looks for a namespace in it
    given = kubernetes.create(wanted, test.namespace, of=test.service_account)
    return Secret(str(given.status.token) if given.status else "")
