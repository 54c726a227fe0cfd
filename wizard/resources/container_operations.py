"""Long operations of the Container API. A running operation is found and waited for, whoever started it.

A cluster runs one operation at a time. If its status says that one is running, operations are listed before a change is
sent. A wizard that was closed can then continue, and two wizards (or a wizard and an upgrade) do not conflict.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from wizard.clouds import clusters
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Operation, Refused
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.resources import operations

Json = dict[str, Any]

SERVICE = "container.googleapis.com"
DEADLINE = 3600.0
"""For how many seconds to wait for an operation, our own or another one."""

_NAME = re.compile(r"operation-[0-9a-z-]+")


class OtherOperationEnded(CloudError):  # noqa: N818 (the name says what happened)
    """Another operation has ended, and did not make the wanted change. The change can be requested now."""


def put(
    clouds: Clouds,
    cluster: ClusterName,
    part: str,
    body: Json,
    in_place: Callable[[], bool],
    deadline: float = DEADLINE,
) -> Operation:
    """Change the cluster, or a `part` of it (`/nodePools/NAME`), and return the operation. Raises CloudError.

    If an operation is already running on the cluster itself or on the same part, return that one. It raises
    OtherOperationEnded at its end, unless `in_place` says that it made the change.
    """
    running = _running(clouds, cluster, part)
    if running is None:
        try:
            answer = clouds.google.call("container", "PUT", f"/v1/{cluster.name}{part}", body)
            return _PolledOperation(clouds, cluster, answer).operation(deadline)
        except CloudError as error:
            running = _named_in(error)
            if running is None:
                raise
    return _PolledOperation(clouds, cluster, running, in_place).operation(deadline)


def is_ended(error: Refused) -> bool:
    """Return whether the error only means that another operation had to end first."""
    return isinstance(error, OtherOperationEnded)


class _PolledOperation:
    """An operation to poll. `in_place` is given for operations that this run did not start."""

    def __init__(
        self, clouds: Clouds, cluster: ClusterName, state: Json, in_place: Callable[[], bool] | None = None
    ) -> None:
        self._clouds, self._state, self._in_place = clouds, state, in_place
        self._name = str(state["name"])
        self._path = f"projects/{cluster.project}/locations/{cluster.location}/operations/{self._name}"

    def operation(self, deadline: float) -> Operation:
        """Return the operation in the form that the engine polls."""
        return Operation(self._path, self._poll, self._progress, deadline, long=True)

    def _poll(self) -> bool:
        self._state = self._clouds.google.call("container", "GET", f"/v1/{self._path}")
        if self._state.get("status") != "DONE":
            return False
        if self._in_place is None:
            self._raise_error()
        elif not self._in_place():
            what = _("{operation}, which was already running, has ended").format(operation=self._name)
            raise OtherOperationEnded(SERVICE, f"operation {self._name}", None, "ENDED", what)
        return True

    def _raise_error(self) -> None:
        error = self._state.get("error")
        if error:
            message = str(error.get("message") or self._state.get("statusMessage") or _("the operation failed"))
            raise CloudError(SERVICE, f"operation {self._name}", None, operations.reason_of(error), message)

    def _progress(self) -> str:
        kind, status = self._state.get("operationType"), str(self._state.get("status", "PENDING"))
        title = f"{self._name} ({kind})" if kind else self._name
        done = progress(self._state) or status.lower()
        template = _("{operation}, already running: {progress}") if self._in_place else "{operation}: {progress}"
        return template.format(operation=title, progress=done)


def progress(operation: Json) -> str | None:
    """Return the progress of an operation, such as `1 of 3 nodes`; None if it reports none."""
    reported = operation.get("progress", {}).get("metrics", ())
    metrics = {metric.get("name", ""): metric.get("intValue") for metric in reported}
    totals = [name.removesuffix("_TOTAL") for name in metrics if name.endswith("_TOTAL")]
    done, total = 0, 0
    for name in totals:
        done += int(metrics.get(f"{name}_DONE", metrics.get(name)) or 0)
        total += int(metrics[f"{name}_TOTAL"] or 0)
    if not total:
        return None
    template = _("{done} of {total} nodes") if totals == ["NODES"] else _("{done} of {total} steps")
    return template.format(done=done, total=total)


def _running(clouds: Clouds, cluster: ClusterName, part: str) -> Json | None:
    """Return an operation that is running on the cluster itself, or on the same part of it; None if there is none."""
    if clusters.is_idle(clusters.read(clouds.google, cluster)):
        return None
    path = f"/v1/projects/{cluster.project}/locations/{cluster.location}/operations"
    targets = (f"/clusters/{cluster.cluster}", f"/clusters/{cluster.cluster}{part}")
    listed: list[Json] = clouds.google.call("container", "GET", path).get("operations", [])
    for operation in listed:
        if operation.get("status") != "DONE" and str(operation.get("targetLink", "")).endswith(targets):
            return operation
    return None


def _named_in(error: CloudError) -> Json | None:
    """Return the running operation that an error (400 FAILED_PRECONDITION) names; None for other errors."""
    if error.status != 400 or error.reason != "FAILED_PRECONDITION":
        return None
    name = _NAME.search(error.message)
    return {"name": name[0]} if name else None
