"""Run a one-off pod: start it, read its output, and remove it in any case."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from wizard.chain import tidy
from wizard.chain.child import Stopped
from wizard.chain.hop import Refusal
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import Kubernetes
from wizard.engine.patience import Patience, Time
from wizard.modes.gke.live import pod_state
from wizard.modes.gke.live.facts import WaitLimits
from wizard.modes.gke.live.pod_manifest import CONTAINER, LABELS

_FORGOTTEN = timedelta(hours=1)
_GRACE = 60.0  # seconds to wait after the pod's own deadline


class PodLeft(tidy.LeftBehind):
    """The pod could not be removed. Its deadline still ends it."""

    def __init__(self, name: str, namespace: str, error: CloudError) -> None:
        """Take the pod's name and namespace, and the error of the last attempt to remove it."""
        super().__init__(
            f"the pod {name} could not be removed ({error.reason}: {error.message}); remove it by hand: "
            f"kubectl delete pod {name} --namespace {namespace}; it stops at its own deadline"
        )


@dataclass(frozen=True)
class PodEnd:
    """How a pod ended: its node, if it had one, and why it did not finish its work, if it did not."""

    node: str | None
    refusal: Refusal | None = None


@dataclass
class OneOff:
    """One running pod. `on_line` gets each line that it prints, `on_waiting` gets what it is waiting for."""

    kubernetes: Kubernetes
    manifest: Mapping[str, Any]
    limits: WaitLimits
    on_line: Callable[[str], None]
    on_waiting: Callable[[str], None]
    time: Time = field(default_factory=Time)
    stop: threading.Event | None = None
    _read: int = 0
    _reported: str = ""
    _pod: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The pod's name."""
        return str(self.manifest["metadata"]["name"])

    @property
    def namespace(self) -> str:
        """The pod's namespace."""
        return str(self.manifest["metadata"]["namespace"])

    def run(self) -> PodEnd:
        """Start the pod, follow it to its end, and remove it.

        Raises CloudError if it cannot be started or followed, Stopped once `stop` is set, and PodLeft if it cannot be
        removed.
        """
        can_exist = True
        try:
            try:
                self._create()
            except CloudError as error:
                can_exist = error.status is None or error.status >= 500  # otherwise the pod was not created
                raise
            return self._follow()
        finally:
            if can_exist:
                self._remove()

    def _create(self) -> None:
        from lightkube.resources.core_v1 import Pod

        try:
            self.kubernetes.create(Pod.from_dict(dict(self.manifest)), self.namespace)
        except CloudError as error:
            if error.status != 409:  # 409: the answer to a first attempt was lost; the name shows that the pod is ours
                raise

    def _follow(self) -> PodEnd:
        started, patience = self.time.clock(), Patience(self.time, self._longest)
        while True:
            if self.stop is not None and self.stop.is_set():
                raise Stopped
            if not self._read_pod():
                return PodEnd(pod_state.node(self._pod), Refusal("Gone", "the pod was removed while it ran"))
            has_ended = pod_state.phase(self._pod) in ("Succeeded", "Failed")
            self._read_log(has_ended)
            refusal = pod_state.cannot_start(self._pod) or pod_state.ended_badly(self._pod)
            if not has_ended and not refusal:
                refusal = self._no_node(self.time.clock() - started)
            if has_ended or refusal:
                return PodEnd(pod_state.node(self._pod), refusal)
            if not patience.wait():
                late = Refusal("Late", f"the pod did not finish within {self._longest:.0f} s")
                return PodEnd(pod_state.node(self._pod), late)

    @property
    def _longest(self) -> float:
        """After how many seconds to stop waiting for a pod that its own deadline did not end."""
        return float(self.manifest["spec"]["activeDeadlineSeconds"]) + self.limits.node + _GRACE

    def _read_pod(self) -> bool:
        """Read the pod. Return False if it no longer exists."""
        from lightkube.resources.core_v1 import Pod

        try:
            pod = self.kubernetes.get(Pod, self.name, self.namespace)
        except CloudError as error:
            if error.status == 404:
                return False
            if not error.transient:
                raise
        else:
            self._pod = pod.to_dict()
        return True

    def _read_log(self, has_ended: bool) -> None:
        """Pass new lines to `on_line`; the last one only if it is complete."""
        if pod_state.phase(self._pod) == "Pending":
            return
        try:
            lines = self.kubernetes.log(self.name, self.namespace, CONTAINER)
        except CloudError as error:
            if error.status in (400, 404) or error.transient:  # its container is not started yet, or its node is busy
                return
            raise
        if lines and not has_ended and not _is_complete(lines[-1]):
            lines.pop()
        for line in lines[self._read :]:
            self.on_line(line)
        self._read = max(self._read, len(lines))

    def _no_node(self, elapsed: float) -> Refusal | None:
        """Report what the pod is waiting for. Return why it gets no node, once the wait was long enough; else None."""
        if pod_state.node(self._pod):
            self._report(pod_state.doing(self._pod))
            return None
        events = self._events()
        words, growing = pod_state.without_node(self._pod, events), pod_state.is_adding_node(events)
        if growing:
            self._report("waiting for a node: the cluster is adding one")
        elif words:
            self._report(f"waiting for a node: {words}")
        else:
            self._report(pod_state.doing(self._pod))
        if elapsed > (self.limits.fitting_node if words and not growing else self.limits.node):
            return Refusal("Unschedulable", words or f"no node was found for the pod within {elapsed:.0f} s")
        return None

    def _events(self) -> list[dict[str, Any]]:
        """Return the cluster's events about the pod; empty if they cannot be read."""
        from lightkube.resources.core_v1 import Event

        try:
            events = self.kubernetes.list_objects(Event, self.namespace, fields={"involvedObject.name": self.name})
        except CloudError:
            return []
        return [event.to_dict() for event in events]

    def _report(self, text: str) -> None:
        if text != self._reported:
            self._reported = text
            self.on_waiting(text)

    def _remove(self) -> None:
        try:
            tidy.insist(lambda: remove(self.kubernetes, self.name, self.namespace), self.time.pause)
        except CloudError as error:
            raise PodLeft(self.name, self.namespace, error) from error


def remove(kubernetes: Kubernetes, name: str, namespace: str) -> None:
    """Remove a pod without a grace period. A pod that does not exist is not an error. Raises CloudError."""
    from lightkube.resources.core_v1 import Pod

    try:
        kubernetes.delete(Pod, name, namespace, grace=0)
    except CloudError as error:
        if error.status != 404:
            raise


def remove_forgotten(kubernetes: Kubernetes, namespace: str, now: datetime) -> None:
    """Remove ended pods that are older than an hour: they belong to tests that were killed. Raises CloudError."""
    from lightkube.resources.core_v1 import Pod

    for pod in kubernetes.list_objects(Pod, namespace, labels=LABELS):
        metadata, ended = pod.metadata, pod_state.phase(pod.to_dict()) in ("Succeeded", "Failed")
        if metadata and metadata.creationTimestamp and ended and now - metadata.creationTimestamp > _FORGOTTEN:
            remove(kubernetes, str(metadata.name), namespace)


def _is_complete(line: str) -> bool:
    """Return whether a line of the probe is complete: a whole JSON object, or no JSON object at all."""
    if not line.startswith("{"):
        return True
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
