"""The states of containers, as the status of their pod shows them."""

from __future__ import annotations

from .kinds import Object


def running(now: str) -> Object:
    """The state of a container whose program runs."""
    return {"running": {"startedAt": now}}


def waiting(reason: str, message: str = "") -> Object:
    """The state of a container that does not run yet, or not again."""
    return {"waiting": {"reason": reason, **({"message": message} if message else {})}}


def terminated(code: int, now: str) -> Object:
    """The state of a container whose program ended with this exit code."""
    return {"terminated": {"exitCode": code, "reason": "Error" if code else "Completed", "finishedAt": now}}


def restarting(pod: Object, pause: float) -> tuple[str, str]:
    """The reason and the message of the first container of a pod, which waits to be restarted."""
    metadata, name = pod["metadata"], pod["spec"]["containers"][0]["name"]
    where = f"{metadata['name']}_{metadata['namespace']}({metadata['uid']})"
    return "CrashLoopBackOff", f"back-off {_duration(pause)} restarting failed container={name} pod={where}"


def statuses(pod: Object, state: Object, restarts: int, last: Object | None) -> list[Object]:
    """The status of each container. `restarts` and `last`, the state before, are those of the first."""
    is_running = "running" in state
    more = {"imageID": "", "restartCount": 0, "ready": is_running, "started": is_running}
    containers = pod["spec"]["containers"]
    shown = [{"name": each["name"], "image": each.get("image", ""), **more, "state": state} for each in containers]
    shown[0] |= {"restartCount": restarts, **({"lastState": last} if last else {})}
    return shown


def conditions(pod: Object, state: Object) -> list[Object]:
    """The conditions of a pod that is on a node, and whose containers are in a state."""
    # Nobody here sets the conditions that a readiness gate waits for.
    is_ready = "running" in state and not pod["spec"].get("readinessGates")
    ready = {"type": "Ready", "status": "True" if is_ready else "False"}
    done = [{"type": each, "status": "True"} for each in ("PodScheduled", "Initialized")]
    return [*done, ready, {**ready, "type": "ContainersReady"}]


def _duration(seconds: float) -> str:
    """Whole seconds as Go writes a duration."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
