"""Find what runs pods with a Kubernetes service account: controllers, also those without a pod now, and bare pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wizard.chain.pod_manifest import LABEL
from wizard.clouds.controllers import READ
from wizard.clouds.errors import CloudError
from wizard.language import _
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.reads import ClusterReads, Json
from wizard.phrases import sentences

_SYSTEM_FIELDS = ("nodeName", "affinity")
"""What the cluster itself adds to the pods of a DaemonSet, and to every pod that has a node."""


@dataclass(frozen=True)
class User:
    """Something that runs pods with the service account, such as `Deployment scorer`, and the spec of its pods.

    `nodes` are the names of the nodes on which its pods are now.
    """

    kind: str
    name: str
    labels: Mapping[str, str]
    spec: Mapping[str, Any] = field(repr=False)
    nodes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Kind and name: `CronJob nightly`."""
        return f"{self.kind} {self.name}"

    @property
    def host_network(self) -> bool:
        """Whether its pods use the network of their node."""
        return bool(self.spec.get("hostNetwork"))


@dataclass(frozen=True)
class Users:
    """The users of a service account. `unread` has a sentence for each kind that could not be read."""

    found: tuple[User, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def host_network(self) -> list[str]:
        """The titles of the users whose pods use the network of their node."""
        return [user.title for user in self.found if user.host_network]


def kinds() -> dict[str, Any]:
    """Return lightkube's classes of everything that has pods or a template for them, by name; pods are the last."""
    from lightkube.resources import apps_v1, batch_v1, core_v1

    homes = {"apps/v1": apps_v1, "batch/v1": batch_v1, "v1": core_v1}
    return {kind.name: getattr(homes[kind.api_version], kind.name) for kind in READ} | {"Pod": core_v1.Pod}


def find_users(reads: ClusterReads, namespace: str, account: str) -> Users:
    """Return the users of a service account. What cannot be read is in `unread`, not raised."""
    objects: dict[str, list[Json]] = {}
    unread = []
    classes = kinds()
    reads.read_ahead(list(classes.values()), namespace)
    for name, kind in classes.items():
        try:
            objects[name] = reads.objects(kind, namespace)
        except CloudError as error:
            unread.append(
                _("the wizard could not read the {name} objects in {namespace}: {message}").format(
                    name=name, namespace=namespace, message=error.message
                )
            )
    pods = objects.pop("Pod", [])
    users = {user.title: user for user in _from_templates(objects, account)}
    for title, pod in _live(pods, objects, account):
        user = users.get(title) or _from_pod(title, pod)
        node = pod["spec"].get("nodeName")
        nodes = dict.fromkeys((*user.nodes, node) if node else user.nodes)
        users[title] = User(user.kind, user.name, user.labels, user.spec, tuple(nodes))
    return Users(tuple(users.values()), tuple(unread))


@dataclass(frozen=True)
class OldPod:
    """A pod that runs as another service account than its controller wants now."""

    name: str
    owner: str
    """What runs it, such as `Deployment scorer`."""
    account: str


def old_pods(reads: ClusterReads, namespace: str, account: str) -> list[OldPod]:
    """Return the pods of the service account's controllers that started before these had it. Raises CloudError."""
    classes = kinds()
    reads.read_ahead(list(classes.values()), namespace)
    objects = {name: reads.objects(kind, namespace) for name, kind in classes.items()}
    pods = objects.pop("Pod", [])
    wanted = {user.title for user in _from_templates(objects, account)}
    owners = {
        (kind, item["metadata"]["name"]): _controller(item["metadata"]) for kind in objects for item in objects[kind]
    }
    found = []
    for pod in pods:
        title, own = _runs(pod, owners), account_of(pod.get("spec") or {})
        if title in wanted and own != account and not _has_ended(pod):
            found.append(OldPod(str(pod["metadata"]["name"]), title, own))
    return found


_ASK = (
    "ask a cluster administrator for a Role that allows the verb list on these objects in the namespace {namespace}, "
    "then test again"
)


def not_all_read(test: GkeTest, users: Users) -> tuple[str, str]:
    """Return why a hop is not proven if some users may not be known, and the fix."""
    unread = sentences(users.unread)
    reason = _("the wizard could not find all workloads that use {title}: {unread}").format(
        title=test.title, unread=unread
    )
    return reason, _(_ASK).format(namespace=test.namespace)


def _from_templates(objects: Mapping[str, list[Json]], account: str) -> Iterator[User]:
    """Yield the controllers whose template names the account, but not those that another one of them owns."""
    for kind in READ:
        for item in objects.get(kind.name, ()):
            template: Json = item
            for key in kind.template:
                template = template.get(key) or {}
            metadata = item["metadata"]
            owner = _controller(metadata)
            if account_of(template.get("spec") or {}) != account or _is_ours(metadata):
                continue
            if owner is None:
                yield _user(f"{kind.name} {metadata['name']}", template)
            elif owner[0] not in objects:
                yield _user(" ".join(owner), template)


def _live(pods: list[Json], objects: Mapping[str, list[Json]], account: str) -> Iterator[tuple[str, Json]]:
    """Yield the pods with the account that have not ended, each with the title of what runs it."""
    owners = {
        (kind, item["metadata"]["name"]): _controller(item["metadata"]) for kind in objects for item in objects[kind]
    }
    for pod in pods:
        if account_of(pod.get("spec") or {}) == account and not _has_ended(pod) and not _is_ours(pod["metadata"]):
            yield _runs(pod, owners), pod


def _runs(pod: Json, owners: Mapping[tuple[str, str], tuple[str, str] | None]) -> str:
    """Return the title of what runs a pod: its controller, or what owns that."""
    metadata = pod["metadata"]
    owner = _controller(metadata) or ("Pod", str(metadata["name"]))
    return " ".join(owners.get(owner) or owner)


def _has_ended(pod: Json) -> bool:
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def _from_pod(title: str, pod: Json) -> User:
    """Return what runs a pod, if no template of it is known: its spec without what the cluster has added."""
    spec = {key: value for key, value in pod["spec"].items() if key not in _SYSTEM_FIELDS}
    if not title.startswith("DaemonSet ") and "affinity" in pod["spec"]:
        spec["affinity"] = pod["spec"]["affinity"]
    return _user(title, {**pod, "spec": spec})


def _controller(metadata: Json) -> tuple[str, str] | None:
    """Return kind and name of the owner of an object; None if it has none."""
    references = metadata.get("ownerReferences") or ()
    for reference in references:
        if reference.get("controller") or len(references) == 1:
            return str(reference["kind"]), str(reference["name"])
    return None


def account_of(spec: Mapping[str, Any]) -> str:
    """Return the name of the service account of a pod spec."""
    return str(spec.get("serviceAccountName") or spec.get("serviceAccount") or "default")


def _is_ours(metadata: Json) -> bool:
    return LABEL in (metadata.get("labels") or {})


def _user(title: str, template: Mapping[str, Any]) -> User:
    kind, _, name = title.partition(" ")
    labels = (template.get("metadata") or {}).get("labels") or {}
    return User(kind, name, dict(labels), template.get("spec") or {})
