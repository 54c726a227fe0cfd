"""What a pod is waiting for, or what has become of it, read from what Kubernetes shows of it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wizard.chain.hop import Refusal

_Object = Mapping[str, Any]

_NO_IMAGE = ("ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable")
_NOT_STARTED = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CrashLoopBackOff")
_NO_PROGRAM = ("StartError", "ContainerCannotRun")


def phase(pod: _Object) -> str:
    """Pending, Running, Succeeded or Failed."""
    return str(pod.get("status", {}).get("phase") or "Pending")


def node(pod: _Object) -> str | None:
    """The node that the pod is on; None while it has none."""
    return pod.get("spec", {}).get("nodeName") or None


def without_node(pod: _Object, events: Iterable[_Object]) -> str | None:
    """What the scheduler says of a pod for which it finds no node; None while it says nothing."""
    if node(pod):
        return None
    for condition in pod.get("status", {}).get("conditions") or ():
        if (condition.get("type"), condition.get("status")) == ("PodScheduled", "False") and condition.get("message"):
            return str(condition["message"])
    found = [each for each in events if each.get("reason") == "FailedScheduling"]
    return str(found[-1].get("message")) if found else None


def new_node_comes(events: Iterable[_Object]) -> bool:
    """Whether the cluster makes a node for the pod."""
    return any(each.get("reason") == "TriggeredScaleUp" for each in events)


def cannot_start(pod: _Object) -> Refusal | None:
    """Why the container will never run, where that is certain."""
    for kind, state in _states(pod):
        reason, words = str(state.get("reason", "")), str(state.get("message") or state.get("reason", ""))
        if kind == "waiting" and reason in _NO_IMAGE:
            return Refusal("ImagePull", f"{reason}: {words}")
        if (kind == "waiting" and reason in _NOT_STARTED) or reason in _NO_PROGRAM:
            return Refusal("NotStarted", f"{reason}: {words}")
    return None


def ended_badly(pod: _Object) -> Refusal | None:
    """Why a pod that failed did so, where not by its program: its deadline, an eviction."""
    status = pod.get("status", {})
    if phase(pod) != "Failed" or not status.get("reason"):
        return None
    return Refusal("Ended", f"{status['reason']}: {status.get('message') or 'no message'}")


def doing(pod: _Object) -> str:
    """What the pod is waiting for, in a few words."""
    if not node(pod):
        return "waiting for a node"
    waiting = [str(state.get("reason")) for kind, state in _states(pod) if kind == "waiting"]
    return f"waiting for its container ({waiting[0]})" if waiting else phase(pod).lower()


def _states(pod: _Object) -> Iterator[tuple[str, _Object]]:
    for container in pod.get("status", {}).get("containerStatuses") or ():
        for kind, state in (container.get("state") or {}).items():
            if state is not None:
                yield kind, state
