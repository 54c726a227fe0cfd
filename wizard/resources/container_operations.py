"""Long operations of the Container API: one that is under way is found and waited for, whoever began it.

A cluster takes one operation at a time. So that a wizard that was closed goes on where it was, and that two wizards
(or a wizard and an upgrade) do not get in each other's way, what runs is looked for before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Operation, Refused
from wizard.federation.gke import ClusterName

Json = dict[str, Any]

SERVICE = "container.googleapis.com"
DEADLINE = 3600.0
"""Seconds that an operation, our own or another, is waited for."""

_NAME = re.compile(r"operation-[0-9a-z-]+")


class Ended(CloudError):  # noqa: N818 (what happened)
    """An operation that was in the way has ended, and what is wanted is not so yet: now it can be asked for."""


def put(
    clouds: Clouds, cluster: ClusterName, part: str, body: Json, holds: Callable[[], bool], deadline: float = DEADLINE
) -> Operation:
    """Ask for a change of the cluster, or of a `part` of it (`/nodePools/NAME`): the operation that brings it about.

    Where one is under way on the cluster itself or on the same part, that is what is waited for; `holds` then tells
    whether it has brought the change about. Raises CloudError; the operation raises `Ended` when it has not.
    """
    busy = _in_the_way(clouds, cluster, part)
    if busy is None:
        try:
            answer = clouds.google.call("container", "PUT", f"/v1/{cluster.name}{part}", body)
            return _Followed(clouds, cluster, answer).operation(deadline)
        except CloudError as error:
            busy = _named(error)
            if busy is None:
                raise
    return _Followed(clouds, cluster, busy, holds).operation(deadline)


def ended(error: Refused) -> bool:
    """Whether the refusal only means that something else had to end first."""
    return isinstance(error, Ended)


class _Followed:
    """An operation that is polled; with `holds` it is somebody else's, or our own of an earlier run."""

    def __init__(
        self, clouds: Clouds, cluster: ClusterName, state: Json, holds: Callable[[], bool] | None = None
    ) -> None:
        self._clouds, self._state, self._holds = clouds, state, holds
        self._name = str(state["name"])
        self._path = f"projects/{cluster.project}/locations/{cluster.location}/operations/{self._name}"

    def operation(self, deadline: float) -> Operation:
        """As the engine polls it."""
        return Operation(self._path, self._poll, self._progress, deadline, long=True)

    def _poll(self) -> bool:
        self._state = self._clouds.google.call("container", "GET", f"/v1/{self._path}")
        if self._state.get("status") != "DONE":
            return False
        if self._holds is None:
            self._raise_its_error()
        elif not self._holds():
            what = f"{self._name}, which was under way, has ended"
            raise Ended(SERVICE, f"operation {self._name}", None, "ENDED", what)
        return True

    def _raise_its_error(self) -> None:
        if error := self._state.get("error"):
            message = str(error.get("message") or self._state.get("statusMessage") or "it failed")
            reason = str(error.get("status") or error.get("code", "UNKNOWN"))
            raise CloudError(SERVICE, f"operation {self._name}", None, reason, message)

    def _progress(self) -> str:
        kind, status = self._state.get("operationType"), self._state.get("status", "PENDING")
        what = " ".join(part for part in (self._name, kind and f"({kind})") if part)
        whose = ", under way before" if self._holds else ""
        return f"{what}{whose}: {progress(self._state) or status.lower()}"


def progress(operation: Json) -> str | None:
    """How far an operation is, of what it counts: `1 of 3 nodes`."""
    metrics = {each.get("name", ""): each.get("intValue") for each in operation.get("progress", {}).get("metrics", ())}
    totals = [name.removesuffix("_TOTAL") for name in metrics if name.endswith("_TOTAL")]
    done, total = 0, 0
    for name in totals:
        done += int(metrics.get(f"{name}_DONE", metrics.get(name)) or 0)
        total += int(metrics[f"{name}_TOTAL"] or 0)
    return f"{done} of {total} {'nodes' if totals == ['NODES'] else 'steps'}" if total else None


def _in_the_way(clouds: Clouds, cluster: ClusterName, part: str) -> Json | None:
    """What runs on the cluster itself, or on the same part of it."""
    path = f"/v1/projects/{cluster.project}/locations/{cluster.location}/operations"
    found = clouds.google.call("container", "GET", path).get("operations", ())
    targets = (f"/clusters/{cluster.cluster}", f"/clusters/{cluster.cluster}{part}")
    running = (each for each in found if each.get("status") != "DONE")
    return next((each for each in running if str(each.get("targetLink", "")).endswith(targets)), None)


def _named(error: CloudError) -> Json | None:
    """The operation that a refusal (400 FAILED_PRECONDITION) says is running."""
    found = _NAME.search(error.message) if error.status == 400 and error.reason == "FAILED_PRECONDITION" else None
    return {"name": found[0]} if found else None
