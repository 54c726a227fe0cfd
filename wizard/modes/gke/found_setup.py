"""Finds the setup of a workload on GKE by one name: a pod, or a service account of Kubernetes or of Google."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.chain.project_policy import is_account
from wizard.clouds import missing_permissions
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import ALL
from wizard.clouds.project import project_number
from wizard.clouds.session import Clouds
from wizard.detect.machine import google_defaults
from wizard.federation import annotation, gke
from wizard.federation.gke import ANNOTATION, ClusterName
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity, admits
from wizard.language import _
from wizard.modes import risks
from wizard.modes.access import IMPERSONATE
from wizard.modes.gke import impersonated
from wizard.modes.gke.clusters import ClusterSeen, clusters
from wizard.modes.opened import FoundSetup
from wizard.setup.problems import BadInput
from wizard.setup.service_accounts import project_of

_ACCOUNT = re.compile(r"(?P<namespace>[a-z0-9]([-a-z0-9]*[a-z0-9])?)/(?P<name>[a-z0-9]([-a-z0-9.]*[a-z0-9])?)")
_POD = re.compile(r"((?P<namespace>[a-z0-9-]+)/)?pods?/(?P<name>[a-z0-9.-]+)")
_MEMBER = re.compile(
    r"serviceAccount:(?P<project>[a-z0-9:.-]+)\.svc\.id\.goog\[(?P<namespace>[^/\]]+)/(?P<name>[^\]]+)\]"
)

_NODE_POOL = "cloud.google.com/gke-nodepool"
"""The label of a node that names its node pool."""

_NO_PROJECT = "the doctor needs a Google Cloud project to search: set GOOGLE_CLOUD_PROJECT, or pass the setup file"
_NO_CLUSTER = (
    "project {project} has no GKE cluster that you can read: set GOOGLE_CLOUD_PROJECT to the cluster's project"
)
_UNREAD_CLUSTERS = (
    "the doctor searches GKE clusters for the name you specified, but cannot read the clusters of the project "
    "{project} ({reason}): set GOOGLE_CLOUD_PROJECT to the cluster's project, or pass the setup file"
)
_SEVERAL = (
    "project {project} has several clusters: {names}. Set CLOUDSDK_CONTAINER_CLUSTER to the name of the cluster, or "
    "pass the setup file"
)
_NO_POD = "the cluster {cluster} has no pod {name}"
_SEVERAL_PODS = "several namespaces have a pod {name}: {namespaces}. Write NAMESPACE/pod/{name}"
_CLUSTER = "the workload runs in the cluster {cluster} in {location}"
_OF_POD = "the pod {pod} runs as the Kubernetes service account {account}"
_OF_MEMBER = "the policy of {email} names the Kubernetes service account {account}"
_ACTS_AS = "{account} acts as {email}, because its annotation names this service account"
_OF_POLICY = "{account} acts as {email}: the policy of {email} names {account}"
_DIRECT = "{account} has no annotation, so its pods call Google Cloud directly"
_ROLES = "the workload needs the roles that it has now on {project}: {roles}"
_NO_ROLES = (
    "the policy of {project} grants no roles to {holder}, so the doctor does not know which roles the workload needs"
)
_UNREAD = "the doctor cannot read the policy of {project} ({reason}), so it does not know the roles of the workload"
_UNREAD_ACCOUNT = (
    "the doctor cannot read {account} in the cluster ({reason}), so it does not know the annotation of {account}"
)


@dataclass(frozen=True)
class _Account:
    namespace: str
    name: str
    told: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True)
class Finder:
    """Reads what a name leads to. `cluster` is the name of the cluster if the operator chose one, else empty."""

    clouds: Clouds
    project: str
    cluster: str

    def find(self, given: str) -> FoundSetup | None:
        """Return the setup of what was named; None for a name that leads to no workload on GKE.

        Raises BadInput if it is not clear which setup is meant, and CloudError.
        """
        if annotation.is_email(given):
            return self._of_email(given)
        pod, account = _POD.fullmatch(given), _ACCOUNT.fullmatch(given)
        if not pod and not account:
            return None
        if not self.project:
            raise BadInput(_(_NO_PROJECT))
        seen = self._cluster(self.project)
        name = ClusterName(self.project, seen.location, seen.name)
        if pod:
            return self._of(seen, name, self._of_pod(name, pod["namespace"] or "", pod["name"]))
        assert account is not None
        return self._of(seen, name, _Account(account["namespace"], account["name"]))

    def _of_email(self, email: str) -> FoundSetup | None:
        """Return the setup of the Kubernetes service account that a policy names; None if it names none."""
        try:
            policy = self.clouds.google_iam.get_policy(project_of(email, "-"), email)
        except CloudError:
            return None
        members = [member for binding in policy.get("bindings", ()) for member in binding.get("members", ())]
        named = [found for member in members if (found := _MEMBER.fullmatch(member))]
        if len(named) != 1:
            return None
        project, title = named[0]["project"], f"{named[0]['namespace']}/{named[0]['name']}"
        seen = self._cluster(project)
        told = (_(_OF_MEMBER).format(email=email, account=title),)
        account = _Account(named[0]["namespace"], named[0]["name"], told)
        return self._of(seen, ClusterName(project, seen.location, seen.name), account, email)

    def _cluster(self, project: str) -> ClusterSeen:
        try:
            listed = clusters(self.clouds, project)
        except CloudError as error:
            reason = missing_permissions.words(error)
            raise BadInput(_(_UNREAD_CLUSTERS).format(project=project, reason=reason)) from error
        if not listed:
            raise BadInput(_(_NO_CLUSTER).format(project=project))
        chosen = [seen for seen in listed if seen.name == self.cluster] or listed
        if len(chosen) > 1:
            raise BadInput(_(_SEVERAL).format(project=project, names=", ".join(seen.name for seen in chosen)))
        return chosen[0]

    def _of_pod(self, cluster: ClusterName, namespace: str, name: str) -> _Account:
        from lightkube.resources.core_v1 import Pod

        kubernetes = self.clouds.kubernetes(cluster)
        pods = kubernetes.list_objects(Pod, namespace or ALL, fields={"metadata.name": name})
        accounts = [_account_of(pod.to_dict()) for pod in pods]
        if not accounts:
            raise BadInput(_(_NO_POD).format(cluster=cluster.cluster, name=name))
        if len(accounts) > 1:
            namespaces = ", ".join(account.namespace for account in accounts)
            raise BadInput(_(_SEVERAL_PODS).format(name=name, namespaces=namespaces))
        return accounts[0]

    def _of(self, seen: ClusterSeen, cluster: ClusterName, account: _Account, email: str = "") -> FoundSetup:
        assumed = [_(_CLUSTER).format(cluster=seen.name, location=seen.location), *account.told]
        unknown: list[str] = []
        annotated = self._annotation(cluster, account, unknown)
        if not email:
            email = self._named_by_a_policy(cluster.project, account, annotated)
            assumed += [_(_OF_POLICY).format(account=account.title, email=email)] if email else []
            annotated = "" if email else annotated
        acts_as = annotated or email
        workload: dict[str, Any] = {"namespace": account.namespace, "service_account": account.name}
        if acts_as:
            workload |= {"via": "service-account", "google_service_account": acts_as}
        else:
            workload["via"] = "direct"
        if annotated:
            assumed.append(_(_ACTS_AS).format(account=account.title, email=annotated))
        elif not email:
            assumed.append(_(_DIRECT).format(account=account.title))
        roles = self._roles(cluster.project, account, acts_as, unknown)
        if roles:
            assumed.append(_(_ROLES).format(roles=", ".join(roles), project=cluster.project))
        workload["grants"] = [{"on": f"projects/{cluster.project}", "roles": roles}] if roles else []
        place: dict[str, Any] = {"cluster": seen.name, "location": seen.location}
        if not seen.autopilot:
            place["node_pools"] = self._node_pools(seen, cluster, account)
        data = {
            "version": 1,
            "mode": "gke",
            "google": {"project": cluster.project},
            "gke": place,
            "workloads": [workload],
        }
        return FoundSetup(data, tuple(assumed), tuple(unknown))

    def _node_pools(self, seen: ClusterSeen, cluster: ClusterName, account: _Account) -> list[str]:
        """Return the node pools on which the pods of the account run; without pods, those that are switched, or all."""
        from lightkube.resources.core_v1 import Node, Pod

        kubernetes = self.clouds.kubernetes(cluster)
        usable = [pool for pool in seen.node_pools if not pool.windows]
        fallback = [pool.name for pool in usable if pool.switched] or [pool.name for pool in usable]
        try:
            pods = [pod.to_dict() for pod in kubernetes.list_objects(Pod, account.namespace)]
            nodes = {str(pod["spec"].get("nodeName")) for pod in pods if _account_of(pod).name == account.name}
            found = [node.to_dict()["metadata"] for node in kubernetes.list_objects(Node)] if nodes else []
        except CloudError:
            return fallback
        pools = {node.get("labels", {}).get(_NODE_POOL) for node in found if node["name"] in nodes}
        return [pool.name for pool in usable if pool.name in pools] or fallback

    def _annotation(self, cluster: ClusterName, account: _Account, unknown: list[str]) -> str:
        """Return the Google service account in the annotation; empty if there is none, or if it is no email address."""
        from lightkube.resources.core_v1 import ServiceAccount

        try:
            found = self.clouds.kubernetes(cluster).get_or_none(ServiceAccount, account.name, account.namespace)
        except CloudError as error:
            unknown.append(_(_UNREAD_ACCOUNT).format(account=account.title, reason=missing_permissions.words(error)))
            return ""
        annotations = (found and found.metadata and found.metadata.annotations) or {}
        value = str(annotations.get(ANNOTATION, ""))
        return value if annotation.is_email(value) else ""

    def _named_by_a_policy(self, project: str, account: _Account, annotated: str) -> str:
        """Return the service account whose policy names the account; empty if the annotation is enough, or if unknown.

        It is if it names an account that exists, or if the account has roles directly.
        """
        if annotated and impersonated.exists(self.clouds, annotated, project):
            return ""
        if not annotated and self._roles(project, account, "", []):
            return ""
        try:
            return impersonated.find(self.clouds, project, account.namespace, account.name) or ""
        except CloudError:  # the roles that cannot be found either are told
            return ""

    def _roles(self, project: str, account: _Account, email: str, unknown: list[str]) -> list[str]:
        """Return the roles that the workload, or its Google service account, has on the project."""
        try:
            number = project_number(self.clouds, project)
            bindings = risks.bindings_at(self.clouds, project)
        except CloudError as error:
            unknown.append(_(_UNREAD).format(project=project, reason=missing_permissions.words(error)))
            return []
        pool = PoolName(number, gke.workload_pool(project))
        identity = FederatedIdentity(pool, gke.subject(account.namespace, account.name))

        def holds(members: Iterable[str]) -> bool:
            return any(is_account(member, email) if email else admits(member, identity) for member in members)

        roles = [str(each["role"]) for each in bindings if holds(each.get("members", ()))]
        roles = [role for role in dict.fromkeys(roles) if role != IMPERSONATE]
        if not roles:
            unknown.append(_(_NO_ROLES).format(holder=email or account.title, project=project))
        return roles


def _account_of(pod: dict[str, Any]) -> _Account:
    namespace, name = pod["metadata"]["namespace"], pod["spec"].get("serviceAccountName") or "default"
    told = _(_OF_POD).format(pod=pod["metadata"]["name"], account=f"{namespace}/{name}")
    return _Account(namespace, name, (told,))


def find(given: str, environ: Mapping[str, str]) -> FoundSetup | None:
    """Return the setup of a workload on GKE by a name. See `Finder.find`."""
    default = google_defaults(environ).get("google.project")
    project = str(default.value) if default else ""
    clouds = Clouds(project, environ=environ)
    return Finder(clouds, project, environ.get("CLOUDSDK_CONTAINER_CLUSTER", "")).find(given)
