"""Live lists from EKS: clusters, and the namespaces and service accounts of one."""

from __future__ import annotations

from collections.abc import Callable

from wizard.clouds.eks_kubernetes import EksEndpoint, EksKubernetes
from wizard.clouds.session import Clouds
from wizard.detect.live import Listing
from wizard.language import _
from wizard.modes.aws.eks import cluster
from wizard.modes.aws.eks.account_token import ROLE_ANNOTATION
from wizard.setup.answers import Answers
from wizard.setup.question import Choice

_SYSTEM = ("kube-system", "kube-public", "kube-node-lease")


def clusters(clouds: Clouds, _answers: Answers) -> Listing:
    """Return the clusters of the region. Raises CloudError."""
    return Listing([Choice(name, name) for name in cluster.names(clouds)])


def namespaces(clouds: Clouds, answers: Answers) -> Listing:
    """Return the namespaces of the cluster, without those of Kubernetes itself. Raises CloudError."""
    from lightkube.resources.core_v1 import Namespace

    kubernetes = _kubernetes(clouds, answers)
    if kubernetes is None:
        return Listing(note=_("choose the cluster first"))
    found = sorted(str(each.metadata.name) for each in kubernetes.list_objects(Namespace) if each.metadata)
    return Listing([Choice(name, name) for name in found if name not in _SYSTEM])


def accounts(clouds: Clouds, answers: Answers) -> Listing:
    """Return the service accounts of the namespace, with the role of each that has one (IRSA). Raises CloudError."""
    from lightkube.resources.core_v1 import ServiceAccount

    kubernetes, namespace = _kubernetes(clouds, answers), answers.text("aws.namespace")
    if kubernetes is None or not namespace:
        return Listing(note=_("choose the cluster and the namespace first"))
    choices = []
    for each in kubernetes.list_objects(ServiceAccount, namespace):
        name, annotations = str(each.metadata and each.metadata.name), (each.metadata and each.metadata.annotations)
        role = (annotations or {}).get(ROLE_ANNOTATION)
        choices.append(Choice(name, name, _("with the IAM role {role} (IRSA)").format(role=role) if role else ""))
    return Listing(sorted(choices, key=lambda choice: choice.value == "default"))


def _kubernetes(clouds: Clouds, answers: Answers) -> EksKubernetes | None:
    name, region = answers.text("aws.cluster"), answers.text("aws.region")
    if not name or not region:
        return None
    found = cluster.read(clouds, name, region)
    endpoint = EksEndpoint(found.name, found.region, found.endpoint, found.certificate_authority)
    return EksKubernetes(endpoint, clouds.environ, clouds.google, clouds.aws)


READERS: dict[str, Callable[[Clouds, Answers], Listing]] = {
    "eks-clusters": clusters,
    "eks-namespaces": namespaces,
    "eks-accounts": accounts,
}
"""The reader of each list, by the name of the list."""
