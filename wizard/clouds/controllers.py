"""The kinds of controllers that create pods in a cluster, and where each has its pod template.

Source: Kubernetes documentation, "Workload Management".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ControllerKind:
    """A kind of controller. `template` is the path of the pod template in its objects."""

    name: str
    api_version: str = "apps/v1"
    template: tuple[str, ...] = ("spec", "template")
    rolls_out: bool = True
    """Whether a change of the template recreates its pods, and `kubectl rollout status` reports the progress."""
    patchable: bool = True
    """Whether the template of an existing object can be changed."""
    on_each_node: bool = False


KINDS = {
    kind.name: kind
    for kind in (
        ControllerKind("Deployment"),
        ControllerKind("StatefulSet"),
        ControllerKind("DaemonSet", on_each_node=True),
        ControllerKind("CronJob", "batch/v1", ("spec", "jobTemplate", "spec", "template"), rolls_out=False),
        ControllerKind("Job", "batch/v1", rolls_out=False, patchable=False),
    )
}
"""The kinds that a setup can wire to a service account, by name, in the order in which they are listed."""

READ = (
    *KINDS.values(),
    ControllerKind("ReplicaSet"),
    ControllerKind("ReplicationController", "v1", rolls_out=False),
)
"""Every kind that the live test reads."""


@dataclass(frozen=True)
class Controller:
    """One controller, in a namespace that the caller knows."""

    kind: str
    name: str

    @property
    def title(self) -> str:
        """Kind and name: CronJob nightly."""
        return f"{self.kind} {self.name}"

    @property
    def path(self) -> str:
        """KIND/NAME, as setup files have it."""
        return f"{self.kind}/{self.name}"

    @property
    def short(self) -> str:
        """A shorter title: a Deployment, the usual kind, has its name only."""
        return self.name if self.kind == "Deployment" else self.title
