"""What has pods made in a cluster: the kinds, where each keeps the template of its pods, and one of them by its name.

Source: Kubernetes documentation, "Workload Management".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind; `template` is where its objects keep the template of their pods."""

    name: str
    api_version: str = "apps/v1"
    template: tuple[str, ...] = ("spec", "template")
    rolls_out: bool = True
    """Whether its pods are made anew when the template changes, and kubectl tells how far that is."""
    patchable: bool = True
    """Whether the template of what is there can be changed at all."""
    on_each_node: bool = False


KINDS = {
    each.name: each
    for each in (
        Kind("Deployment"),
        Kind("StatefulSet"),
        Kind("DaemonSet", on_each_node=True),
        Kind("CronJob", "batch/v1", ("spec", "jobTemplate", "spec", "template"), rolls_out=False),
        Kind("Job", "batch/v1", rolls_out=False, patchable=False),
    )
}
"""By name, in the order in which they are listed."""


@dataclass(frozen=True)
class Controller:
    """One of them, in a namespace that is known from elsewhere."""

    kind: str
    name: str

    @property
    def title(self) -> str:
        """As people write it: CronJob nightly."""
        return f"{self.kind} {self.name}"

    @property
    def short(self) -> str:
        """The same where there is little room: of a deployment, which is the usual kind, the name alone."""
        return self.name if self.kind == "Deployment" else self.title
