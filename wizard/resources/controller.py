"""A controller of a workload's pods: how it is read, patched, and watched while it replaces its pods.

Source: Kubernetes documentation, "Workload Management"; a rollout has ended when `kubectl rollout status` says so.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds.controllers import KINDS, Controller
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import Kubernetes
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Owner, Refused, State
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.resources import blind, owners
from wizard.resources.kind import Kind, Needed

Json = dict[str, Any]

DEFAULT = "default"
"""The Kubernetes service account of pods that name none."""

DEADLINE = 1800.0
"""Seconds to wait for a rollout. A Deployment says by itself when it makes no progress, after 10 minutes by default."""

_TIMED_OUT = "ProgressDeadlineExceeded"
_STUCK = (
    "read the events of the new pods with kubectl describe; the remaining old pods keep running. `wif-wizard revert` "
    "restores {title}"
)


@dataclass(frozen=True)
class Place:
    """One controller in a namespace of a cluster."""

    cluster: ClusterName
    namespace: str
    controller: Controller

    @property
    def name(self) -> str:
        """The full name."""
        kind = self.controller.kind.lower()
        return f"{self.cluster.name}/namespaces/{self.namespace}/{kind}s/{self.controller.name}"

    @property
    def title(self) -> str:
        """Namespace, kind and name: anti-fraud/Deployment scorer."""
        return f"{self.namespace}/{self.controller.title}"

    def read(self, clouds: Clouds) -> Json:
        """Return the object. Raises CloudError, with status 404 and a hint if it does not exist."""
        found: Any = self._kubernetes(clouds).get_or_none(self._type(), self.controller.name, self.namespace)
        if found is None:
            what = _("the namespace {namespace} has no {title}").format(
                namespace=self.namespace, title=self.controller.title
            )
            hint = _("correct workloads[].controllers in the setup, or create the controller first")
            raise CloudError(self._service, f"get {self.title}", 404, "NotFound", what, hint)
        document: Json = found.to_dict()
        return document

    def template(self, document: Json) -> Json:
        """Return the specification of the pods of an object."""
        part = document
        for key in (*KINDS[self.controller.kind].template, "spec"):
            part = part.get(key) or {}
        return part

    def common_state(self, document: Json) -> State:
        """Return what every state of a controller has: its version, its owner, its pods, and how it replaces them."""
        from lightkube.models.meta_v1 import ObjectMeta

        metadata, spec = document["metadata"], document.get("spec") or {}
        found = owners.in_cluster(self.controller.kind, ObjectMeta.from_dict(metadata))
        return {
            "resourceVersion": metadata.get("resourceVersion"),
            "owner": owners.state(found),
            "pods": _pods(self.controller.kind, document),
            "rollout": rollout_of(self.controller.kind, spec),
        }

    def change(self, pod_spec: Json, version: str | None = None) -> Json:
        """Return a strategic merge patch of the pods' specification, for one version of the object if it is given."""
        body: Json = {"spec": pod_spec}
        for key in reversed(KINDS[self.controller.kind].template):
            body = {key: body}
        return {"metadata": {"resourceVersion": version}, **body} if version else body

    def patch(self, clouds: Clouds, pod_spec: Json, before: State) -> Operation | None:
        """Patch the pods' specification, and return the rollout. Raises CloudError, with 409 if the object changed."""
        change = self.change(pod_spec, before.get("resourceVersion"))
        kubernetes = self._kubernetes(clouds)
        kubernetes.patch_strategic(self._type(), self.controller.name, change, self.namespace)
        if before.get("rollout") != "rolling":
            return None
        rollout = _Rollout(self, kubernetes)
        return Operation(f"rollout of {self.title}", rollout.poll, rollout.progress, DEADLINE, long=True)

    def command(self, pod_spec: Json) -> list[str]:
        """Return the kubectl commands that patch the pods' specification, and wait for the rollout."""
        kubectl = f"kubectl --context={self.cluster.context} --namespace={self.namespace}"
        target = f"{self.controller.kind.lower()} {self.controller.name}"
        lines = [f"{kubectl} patch {target} --patch={shlex.quote(json.dumps(self.change(pod_spec)))}"]
        if KINDS[self.controller.kind].rolls_out:
            lines.append(f"{kubectl} rollout status {target}")
        return lines

    def manifest(self, pod_spec: Json) -> Json:
        """Return the same patch as a file for kubectl and kustomize has it."""
        head = {"apiVersion": KINDS[self.controller.kind].api_version, "kind": self.controller.kind}
        metadata = {"name": self.controller.name, "namespace": self.namespace}
        return {**head, "metadata": metadata, **self.change(pod_spec)}

    @property
    def _service(self) -> str:
        return f"kubernetes {self.cluster.cluster}"

    def _kubernetes(self, clouds: Clouds) -> Kubernetes:
        kubernetes: Kubernetes = clouds.kubernetes(self.cluster)
        return kubernetes

    def _type(self) -> type[Any]:
        from lightkube.resources import apps_v1, batch_v1

        home = batch_v1 if KINDS[self.controller.kind].api_version.startswith("batch/") else apps_v1
        kind: type[Any] = getattr(home, self.controller.kind)
        return kind

    def raise_stuck(self, message: str) -> None:
        """Raise CloudError for a rollout that makes no progress."""
        what = _("the rollout of {title} is not progressing: {reason}").format(title=self.title, reason=message)
        hint = _(_STUCK).format(title=self.controller.title)
        raise CloudError(self._service, f"rollout of {self.title}", None, _TIMED_OUT, what, hint)


class _Rollout:
    """A rollout while it is watched."""

    def __init__(self, place: Place, kubernetes: Kubernetes) -> None:
        self._place, self._kubernetes = place, kubernetes
        self._done, self._total = 0, 0

    def poll(self) -> bool:
        """Read the controller, and return whether all its pods are new and available. Raises CloudError."""
        place = self._place
        found: Any = self._kubernetes.get(place._type(), place.controller.name, place.namespace)
        document = found.to_dict()
        status, spec = document.get("status") or {}, document["spec"]
        for condition in status.get("conditions") or ():
            if condition.get("reason") == _TIMED_OUT:
                place.raise_stuck(str(condition.get("message") or ""))
        if (status.get("observedGeneration") or 0) < (document["metadata"].get("generation") or 0):
            return False
        self._done, self._total, ended = _counts(place.controller.kind, spec, status)
        return ended

    def progress(self) -> str | None:
        """Return how many pods are new, as of the last poll."""
        return (
            _("{done} of {total} pods are replaced").format(done=self._done, total=self._total) if self._total else None
        )


def _counts(kind: str, spec: Json, status: Json) -> tuple[int, int, bool]:
    """Return how many pods are new, how many there will be, and whether the rollout has ended."""
    if kind == "DaemonSet":
        new, total = status.get("updatedNumberScheduled") or 0, status.get("desiredNumberScheduled") or 0
        return new, total, new >= total and (status.get("numberAvailable") or 0) >= total
    wanted = 1 if spec.get("replicas") is None else int(spec["replicas"])
    new = status.get("updatedReplicas") or 0
    if kind == "StatefulSet":
        total = wanted - _partition(spec)
        return new, total, new >= total and (status.get("readyReplicas") or 0) >= wanted
    ended = new >= wanted and (status.get("replicas") or 0) <= new and (status.get("availableReplicas") or 0) >= new
    return new, wanted, ended


def _partition(spec: Json) -> int:
    return int(((spec.get("updateStrategy") or {}).get("rollingUpdate") or {}).get("partition") or 0)


def _pods(kind: str, document: Json) -> int | None:
    """Return how many pods a controller has; None for a CronJob, whose pods come and go."""
    if kind == "CronJob":
        return None
    if kind == "DaemonSet":
        return int((document.get("status") or {}).get("desiredNumberScheduled") or 0)
    replicas = (document.get("spec") or {}).get("replicas")
    return 1 if replicas is None else int(replicas)


def rollout_of(kind: str, spec: Json) -> str:
    """Return how a change of the template reaches the pods: rolling, paused, on delete, or with the next run."""
    if not KINDS[kind].rolls_out:
        return "next run"
    if spec.get("paused"):
        return "paused"
    strategy = (spec.get("updateStrategy") or {}).get("type")
    return "on delete" if strategy == "OnDelete" else "rolling"


def effect(place: Place, state: State) -> str:
    """Return what a change of the pods' specification does to running pods, as one line."""
    title, pods = place.controller.title, state.get("pods")
    match state.get("rollout"):
        case "next run":
            return _("the change takes effect with the next run of {title}; running pods do not change").format(
                title=title
            )
        case "paused":
            return _("the change takes effect when you resume the rollout of {title}, which is paused").format(
                title=title
            )
        case "on delete":
            return _(
                "{title} has the update strategy OnDelete: the change takes effect when you delete the pods"
            ).format(title=title)
    if pods == 1:
        return _("Kubernetes recreates 1 pod of {title}").format(title=title)
    return _("Kubernetes recreates {pods} pods of {title}").format(pods=pods, title=title)


@dataclass(frozen=True, eq=False)
class PodsOfController(Kind):
    """A property of the pods of one controller. A change recreates them, except those of a CronJob."""

    deadline: ClassVar[float] = DEADLINE
    cluster: ClusterName
    namespace: str
    controller: Controller

    @property
    def place(self) -> Place:
        """The controller, and where it is."""
        return Place(self.cluster, self.namespace, self.controller)

    @property
    def label(self) -> str:
        return self.place.title

    def revert_impact(self, clouds: Clouds, change: Change) -> str | None:  # noqa: ARG002 (the same for every change)
        return effect(self.place, self.place.common_state(self.place.read(clouds)))

    def template_or_none(self, clouds: Clouds) -> Json | None:
        """Return the specification of the pods; None if the controller does not exist. Raises CloudError."""
        try:
            return self.place.template(self.place.read(clouds))
        except CloudError as error:
            if error.status == 404:
                return None
            raise

    def create(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002 (the wizard does not create controllers)
        raise Refused(_("{label} does not exist, and the wizard does not create controllers").format(label=self.label))

    def unreadable(self, error: Refused) -> str | None:
        return blind.disabled_api(error)

    def not_yet(self, error: Refused) -> bool:
        return blind.is_api_starting(error)

    def moved(self, error: Refused) -> bool:
        return blind.has_status(error, 409)

    def impact(self, change: Change) -> str | None:
        return effect(self.place, change.before or {}) if change.action == "update" else None

    def owner(self, change: Change) -> Owner | None:
        return owners.recorded(change)

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (the same for every change)
        group = KINDS[self.controller.kind].api_version.rpartition("/")[0]
        return [Needed.inside(self.cluster, f"patch {self.controller.kind.lower()}s.{group}", self.namespace)]
