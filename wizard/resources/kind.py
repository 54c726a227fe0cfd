"""What the kinds of resources supply in addition to what the engine needs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from wizard.engine.resource import Change, Resource
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.phrases import named

NeededAt = Literal["exchange", "impersonation", "permission"]
"""A hop of the live test that needs a grant or an API."""


@dataclass(frozen=True)
class Needed:
    """One permission that a change needs: a Google permission on a project, or an AWS action on an ARN.

    In Kubernetes, it is a verb and a resource in a `cluster`, with its API group if it has one: `create
    serviceaccounts`, `patch deployments.apps`. `namespace` is None for resources that have none.
    """

    cloud: Literal["google", "aws", "kubernetes"]
    permission: str
    on: str
    cluster: ClusterName | None = None
    namespace: str | None = None

    @classmethod
    def inside(cls, cluster: ClusterName, permission: str, namespace: str | None = None) -> Needed:
        """Return a permission in a cluster, in one namespace if it is given."""
        on = _("cluster {cluster}").format(cluster=cluster.cluster)
        if namespace:
            on = _("{namespace} in cluster {cluster}").format(namespace=namespace, cluster=cluster.cluster)
        return cls("kubernetes", permission, on, cluster, namespace)


class Kind(Resource):
    """A resource that has a short label, and that knows which permissions its changes need."""

    needed_at: ClassVar[tuple[NeededAt, ...]] = ()
    """The IDs of the hops of a live test at which a recent change of the resource can explain a refusal."""

    key_labels: ClassVar[Mapping[str, str]] = {}
    """What people see for keys of its state that have blanks; other keys are shown as they are."""

    @property
    def label(self) -> str:
        """A short name for a screen, which is unique among resources of the kind."""
        return self.name.rsplit("/", 1)[-1]

    def __str__(self) -> str:
        return named(self.kind, self.label)

    def notes(self, change: Change) -> list[str]:  # noqa: ARG002 (only some kinds have notes)
        """Return what is worth knowing about the resource, whether or not it changes, one sentence each."""
        return []

    def ends(self, change: Change) -> list[str]:  # noqa: ARG002 (only grants end)
        """Return what is in place now only for a time, one sentence each."""
        return []

    def is_member(self, member: str) -> bool:  # noqa: ARG002 (only identities are members)
        """Return whether a member of an IAM policy in Google Cloud stands for the resource."""
        return False

    def manifest(self) -> dict[str, Any] | None:
        """Return the resource as a Kubernetes manifest; None if it is not in a cluster."""
        return None

    def patch_file(self, change: Change) -> dict[str, Any] | None:  # noqa: ARG002 (only some kinds have one)
        """Return the change as a patch for the files of the tool that manages the resource; None if there is none."""
        return None

    @abstractmethod
    def permissions(self, change: Change) -> list[Needed]:
        """Return the permissions that the operator needs for this change."""
