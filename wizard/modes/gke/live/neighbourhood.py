"""Read which pods use a KSA, and what blocks them from its identity: host network and NetworkPolicies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import Kubernetes
from wizard.modes.gke.live.network_policy import blocking
from wizard.modes.gke.live.pod_manifest import LABELS


@dataclass(frozen=True)
class User:
    """Something that runs pods with the KSA, such as `Deployment scorer`."""

    title: str
    labels: Mapping[str, str]
    host_network: bool


@dataclass(frozen=True)
class Neighbourhood:
    """The users of a KSA, and the NetworkPolicies of its namespace. `unread` says what could not be read."""

    users: tuple[User, ...] = ()
    policies: tuple[dict[str, Any], ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def host_network(self) -> list[str]:
        """The titles of the users whose pods use the host's network."""
        return [user.title for user in self.users if user.host_network]

    def blocking(self, labels: Mapping[str, str], address: tuple[str, int]) -> list[str]:
        """Return the names of the policies that block pods with these labels from an address and port."""
        return blocking(self.policies, labels, *address)


def look(kubernetes: Kubernetes, namespace: str, account: str) -> Neighbourhood:
    """Read the users of the KSA and the namespace's policies. What cannot be read is in `unread`, not raised."""
    from lightkube.resources.apps_v1 import Deployment
    from lightkube.resources.core_v1 import Pod
    from lightkube.resources.networking_v1 import NetworkPolicy

    unread: list[str] = []

    def read(kind: Any) -> list[dict[str, Any]]:
        try:
            return [item.to_dict() for item in kubernetes.list_objects(kind, namespace)]
        except CloudError as error:
            unread.append(f"{kind.__name__} objects in {namespace} could not be read: {error.message}")
            return []

    deployments, pods = read(Deployment), read(Pod)
    users = (*_deployments(deployments, account), *_pods(pods, account))
    return Neighbourhood(users, tuple(read(NetworkPolicy)), tuple(unread))


def _deployments(deployments: list[dict[str, Any]], account: str) -> Iterator[User]:
    for deployment in deployments:
        template = deployment["spec"]["template"]
        if _account(template.get("spec") or {}) == account:
            yield _user(f"Deployment {deployment['metadata']['name']}", template)


def _pods(pods: list[dict[str, Any]], account: str) -> Iterator[User]:
    """Yield controllers other than Deployments with pods that use the KSA, each once, and pods without a controller."""
    named: set[str] = set()
    for pod in pods:
        metadata = pod["metadata"]
        owner = next(iter(metadata.get("ownerReferences") or ()), {"kind": "Pod", "name": metadata.get("name")})
        title = f"{owner['kind']} {owner['name']}"
        ours = LABELS.items() <= (metadata.get("labels") or {}).items()
        if _account(pod.get("spec") or {}) == account and owner["kind"] != "ReplicaSet" and not ours:
            if title not in named:
                yield _user(title, pod)
            named.add(title)


def _account(spec: Mapping[str, Any]) -> str:
    return str(spec.get("serviceAccountName") or "default")


def _user(title: str, template: Mapping[str, Any]) -> User:
    labels = (template.get("metadata") or {}).get("labels") or {}
    return User(title, dict(labels), bool((template.get("spec") or {}).get("hostNetwork")))
