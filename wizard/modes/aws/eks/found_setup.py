"""The setup of a pod on EKS that a credential configuration with a token from a file belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wizard.clouds.eks_kubernetes import EksEndpoint, EksKubernetes
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.engine.resource import State
from wizard.federation import conditions, eks
from wizard.federation.identifiers import ProviderName
from wizard.federation.principals import FederatedIdentity, principal
from wizard.language import _
from wizard.modes import configurations
from wizard.modes.aws import likely_provider
from wizard.modes.aws.eks import member_reasons
from wizard.modes.aws.eks.cluster import EksCluster, names, read
from wizard.modes.aws.eks.near_miss import near_miss_in
from wizard.modes.granted import Granted, read_granted
from wizard.modes.near_grants import near_grant
from wizard.modes.opened import FoundSetup, NearGrant
from wizard.phrases import sentences
from wizard.resources.pool_provider import read_provider
from wizard.setup.problems import BadInput

_ISSUER = re.compile(r"https://oidc\.eks\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/id/[0-9A-Fa-f]+")
_SUBJECT = re.compile(r"system:serviceaccount:(?P<namespace>[^:/]+):(?P<account>[^:/]+)")

_CLUSTER = (
    "the workload runs in the EKS cluster {cluster} in {region}, because the provider {provider} names the issuer of "
    "this cluster"
)
_ONLY_CLUSTER = (
    "the workload runs in the EKS cluster {cluster}, which is the only cluster in {region}, but the provider "
    "{provider} names the issuer of another cluster"
)
_BY_POLICY = "the workload uses the Kubernetes service account {account}, because IAM policies name this account"
_BY_CONDITION = (
    "the workload uses the Kubernetes service account {account}, because the provider's attribute condition names "
    "this account"
)
_ROLES = "the workload needs the roles that it has now on {project}: {roles}"
_MEANT = (
    "policies grant roles to the Kubernetes service account {named}, which does not exist in the cluster. The doctor "
    "assumes that the roles are meant for {account}"
)
_NO_ROLES = (
    "the policies that the doctor can read grant no roles to {holder}, so the doctor does not know which roles the "
    "workload needs"
)
_UNREAD = "the doctor cannot read the project {number} of the pool: {reason}"
_NO_CLUSTER = "no EKS cluster that you can read in {region} has the issuer {issuer}: pass the setup file"
_NO_ACCOUNT = (
    "neither the policies that you can read nor the provider's attribute condition names a Kubernetes service "
    "account: pass the setup file"
)
_SEVERAL = "several Kubernetes service accounts match: {accounts}. Pass the setup file"


@dataclass(frozen=True)
class _Candidate:
    """A Kubernetes service account, as a subject names it, and what names it."""

    namespace: str
    account: str
    origin: str

    @property
    def title(self) -> str:
        return f"{self.namespace}/{self.account}"


def find(path: Path, document: Mapping[str, Any], clouds: Clouds) -> FoundSetup | None:
    """Return the setup; None for a configuration of anything but a pod on EKS.

    Raises BadInput if the cluster or the service account is not clear, and CloudError.
    """
    named = configurations.provider_of(document)
    likely = likely_provider.find(clouds, named, _is_for_eks) if named and _has_token_file(document) else None
    if likely is not None:
        document, named = likely.in_place(document), likely.name
    provider = read_provider(clouds, named.name) if named else None
    if named is None or provider is None or provider["type"] != "oidc":
        return None
    issuer = _ISSUER.fullmatch(str(provider["issuer"]))
    if issuer is None:
        return None
    region = issuer["region"]
    there = Clouds(named.pool.project_number, region, path, clouds.environ)
    with Readers() as readers:
        cluster = readers.submit(_cluster, there, region, issuer[0])
        granted = readers.submit(read_granted, clouds, document)
        running, account = cluster.result()

        def may_exist(candidate: _Candidate) -> bool:
            return _may_exist(there, running, candidate)

        chosen = _chosen(named, provider, granted.result(), may_exist)
        meant = _meant(named, granted.result(), chosen, may_exist)
        near = tuple(_near_grants(named, granted.result(), chosen, may_exist))
    told = _(_CLUSTER) if running.issuer == issuer[0] else _(_ONLY_CLUSTER)
    assumed = [
        *([likely.told] if likely else []),
        told.format(cluster=running.name, region=region, provider=named.provider),
        chosen.origin.format(account=chosen.title),
    ]
    assumed += [_(_MEANT).format(named=meant.title, account=chosen.title)] if meant else []
    found = _described(path, document, named, granted.result(), running, account, chosen, meant or chosen, assumed)
    return replace(found, near_grants=near)


def _is_for_eks(provider: Mapping[str, Any]) -> bool:
    return bool(_ISSUER.fullmatch(str(provider.get("oidc", {}).get("issuerUri"))))


def _has_token_file(document: Mapping[str, Any]) -> bool:
    source = document.get("credential_source")
    return isinstance(source, Mapping) and "file" in source


def _meant(
    named: ProviderName, granted: Granted, chosen: _Candidate, may_exist: Callable[[_Candidate], bool]
) -> _Candidate | None:
    """Return the service account to which policies grant roles by mistake; None if there is no such one.

    It does not exist in the cluster, and differs from the chosen one, which has no roles, in one of its two names.
    """
    if granted.account or granted.roles_of(_identity(named, chosen), None):
        return None
    near = [
        each
        for each in _by_policy(named, granted)
        if (each.namespace == chosen.namespace) != (each.account == chosen.account) and not may_exist(each)
    ]
    return near[0] if len(near) == 1 else None


def _near_grants(
    named: ProviderName, granted: Granted, chosen: _Candidate, may_exist: Callable[[_Candidate], bool]
) -> Iterator[NearGrant]:
    """Yield what policies grant to wrong members, if the service account itself has other roles.

    A member that names another service account, which exists in the cluster, is another workload.
    """
    identity = _identity(named, chosen)
    held = granted.roles_of(identity, None)
    if granted.account or not held:
        return
    for member, by_project in granted.by_member().items():
        kind = near_miss_in([member], identity).kind
        others = _named([member.rpartition("/")[2]], "")
        if not kind or (kind in ("namespace", "account") and any(may_exist(each) for each in others)):
            continue
        code, told = member_reasons.explained(kind, member, chosen.title, identity.subject)
        own = principal(named.pool, identity.subject)
        for project, roles in by_project.items():
            for role in dict.fromkeys(roles):
                if role not in held.get(project, ()):
                    yield near_grant(role, project, own, code, told)


def _by_policy(named: ProviderName, granted: Granted) -> list[_Candidate]:
    """Return the service accounts that policies name."""
    pool = f"/{named.pool.name}/subject/"
    subjects = [member.partition(pool)[2] for member in granted.members if pool in member]
    return list(_named(subjects, _(_BY_POLICY)))


def _identity(named: ProviderName, candidate: _Candidate) -> FederatedIdentity:
    return FederatedIdentity(named.pool, eks.subject(candidate.namespace, candidate.account))


def _cluster(clouds: Clouds, region: str, issuer: str) -> tuple[EksCluster, str]:
    """Return the cluster with the issuer, else the only one of the region, and the AWS account. Raises BadInput."""
    listed = names(clouds)
    with Readers() as readers:
        found = list(readers.map(lambda name: read(clouds, name, region), listed))
    fitting = [cluster for cluster in found if cluster.issuer == issuer] or found
    if len(fitting) != 1:
        raise BadInput(_(_NO_CLUSTER).format(region=region, issuer=issuer))
    return fitting[0], str(clouds.aws.caller()["Account"])


def _chosen(named: ProviderName, provider: State, granted: Granted, may_exist: Any) -> _Candidate:
    """Return the service account that the policies and the condition name. Raises BadInput if that is not clear.

    One of the two can be wrong: then it is the service account that exists in the cluster.
    """
    by_policy = _by_policy(named, granted)
    by_condition = list(_named(conditions.literals(str(provider["condition"])), _(_BY_CONDITION)))
    titles = {each.title for each in by_condition}
    both = [each for each in by_policy if each.title in titles]
    for fitting in (both, [each for each in (*by_policy, *by_condition) if may_exist(each)], by_policy, by_condition):
        different = {each.title: each for each in reversed(fitting)}
        if len(different) == 1:
            return next(iter(different.values()))
        if different:
            raise BadInput(_(_SEVERAL).format(accounts=", ".join(sorted(different))))
    raise BadInput(_(_NO_ACCOUNT))


def _named(texts: Iterable[str], origin: str) -> Iterable[_Candidate]:
    for text in dict.fromkeys(texts):
        found = _SUBJECT.fullmatch(text)
        if found:
            yield _Candidate(found["namespace"], found["account"], origin)


def _may_exist(clouds: Clouds, cluster: EksCluster, candidate: _Candidate) -> bool:
    """Return whether a service account exists in the cluster, or whether that cannot be told."""
    from lightkube.resources.core_v1 import ServiceAccount

    endpoint = EksEndpoint(cluster.name, cluster.region, cluster.endpoint, cluster.certificate_authority)
    kubernetes = EksKubernetes(endpoint, clouds.environ, clouds.google, clouds.aws)
    try:
        return kubernetes.get_or_none(ServiceAccount, candidate.account, candidate.namespace) is not None
    except CloudError:
        return True


def _described(
    path: Path,
    document: Mapping[str, Any],
    named: ProviderName,
    granted: Granted,
    cluster: EksCluster,
    aws_account: str,
    chosen: _Candidate,
    granted_to: _Candidate,
    assumed: list[str],
) -> FoundSetup:
    projects, email = list(granted.projects), configurations.account_of(document)
    if not projects:
        raise BadInput(_(_UNREAD).format(number=named.pool.project_number, reason=sentences(granted.notes)))
    roles = granted.roles_of(_identity(named, granted_to), email)
    project = next(iter(roles), projects[0])
    google = {"project": project, "pool": named.pool.pool, "provider": named.provider}
    if project != projects[0]:
        google["pool_project"] = projects[0]
    access: dict[str, Any] = {"via": "service-account", "service_account": email} if email else {"via": "direct"}
    access["grants"] = [{"on": f"projects/{each}", "roles": held} for each, held in roles.items()]
    data = {
        "version": 1,
        "mode": "aws",
        "aws": {
            "account": aws_account,
            "region": cluster.region,
            "runtime": "eks",
            "cluster": cluster.name,
            "namespace": chosen.namespace,
            "service_account": chosen.account,
        },
        "google": google,
        "access": access,
        "credential_config": path.name,
    }
    told = [_(_ROLES).format(roles=", ".join(held), project=each) for each, held in roles.items()]
    unknown = () if roles else (_(_NO_ROLES).format(holder=email or chosen.title),)
    return FoundSetup(data, (*assumed, *told), unknown)
