"""Read from a pod's document what it is waiting for, or how it ended."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wizard.chain.hop import Refusal
from wizard.language import N_, _, translated

_Object = Mapping[str, Any]

_NO_IMAGE = ("ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable")
_NOT_STARTED = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CrashLoopBackOff")
_NO_PROGRAM = ("StartError", "ContainerCannotRun")


def phase(pod: _Object) -> str:
    """Return the pod's phase: Pending, Running, Succeeded or Failed."""
    return str(pod.get("status", {}).get("phase") or "Pending")


def node(pod: _Object) -> str | None:
    """Return the pod's node; None while it has none."""
    return pod.get("spec", {}).get("nodeName") or None


def without_node(pod: _Object, events: Iterable[_Object]) -> str | None:
    """Return the scheduler's message if it finds no node for the pod; else None."""
    if node(pod):
        return None
    for condition in pod.get("status", {}).get("conditions") or ():
        if (condition.get("type"), condition.get("status")) == ("PodScheduled", "False") and condition.get("message"):
            return str(condition["message"])
    failures = [event for event in events if event.get("reason") == "FailedScheduling"]
    return str(failures[-1].get("message")) if failures else None


def is_adding_node(events: Iterable[_Object]) -> bool:
    """Return whether the cluster is adding a node for the pod."""
    return any(event.get("reason") == "TriggeredScaleUp" for event in events)


def cannot_start(pod: _Object) -> Refusal | None:
    """Return why the container will never run; None if it can still start."""
    for kind, state in _states(pod):
        reason, words = str(state.get("reason", "")), str(state.get("message") or state.get("reason", ""))
        if kind == "waiting" and reason in _NO_IMAGE:
            return Refusal("ImagePull", f"{reason}: {words}")
        if (kind == "waiting" and reason in _NOT_STARTED) or reason in _NO_PROGRAM:
            return Refusal("NotStarted", f"{reason}: {words}")
    return None


def ended_badly(pod: _Object) -> Refusal | None:
    """Return why Kubernetes ended the pod, such as its deadline or an eviction; None if its program ended."""
    status = pod.get("status", {})
    if phase(pod) != "Failed" or not status.get("reason"):
        return None
    return Refusal("Ended", f"{status['reason']}: {status.get('message') or 'no message'}")


_PHASES = {
    "Pending": N_("pending"),
    "Running": N_("running"),
    "Succeeded": N_("succeeded"),
    "Failed": N_("failed"),
    "Unknown": N_("unknown"),
}


def doing(pod: _Object) -> str:
    """Return what the pod is waiting for, or its phase, in a few words."""
    if not node(pod):
        return _("waiting for a node")
    waiting = [str(state.get("reason")) for kind, state in _states(pod) if kind == "waiting"]
    reason = waiting[0] if waiting else ""
    return (
        _("waiting for the pod's container to start ({reason})").format(reason=reason)
        if reason
        else translated(_PHASES.get(phase(pod), phase(pod)))
    )


def _states(pod: _Object) -> Iterator[tuple[str, _Object]]:
    for container in pod.get("status", {}).get("containerStatuses") or ():
        for kind, state in (container.get("state") or {}).items():
            if state is not None:
                yield kind, state
