"""What every kind of resource here supplies beyond what the engine needs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from wizard.engine.resource import Change, Resource
from wizard.federation.gke import ClusterName

NeededAt = Literal["exchange", "impersonation", "permission"]
"""A hop of the live test that a grant or an API is needed at."""


@dataclass(frozen=True)
class Needed:
    """One permission that a change takes: a Google permission on a project, or an AWS action on an ARN.

    In Kubernetes it is a verb and what it is done to (`create serviceaccounts`), in a `cluster`, and there in a
    `namespace` unless the thing has none.
    """

    cloud: Literal["google", "aws", "kubernetes"]
    permission: str
    on: str
    cluster: ClusterName | None = None
    namespace: str | None = None

    @classmethod
    def inside(cls, cluster: ClusterName, permission: str, namespace: str | None = None) -> Needed:
        """A permission in a cluster."""
        place = f"cluster {cluster.cluster}"
        return cls("kubernetes", permission, f"{namespace} in {place}" if namespace else place, cluster, namespace)


class Kind(Resource):
    """A resource that can be shown in one line, and that says what its changes take."""

    needed_at: ClassVar[tuple[NeededAt, ...]] = ()
    """The ids of the hops of a live test at which a recent change of it could explain a refusal."""

    key_labels: ClassVar[Mapping[str, str]] = {}
    """What people see for keys of its state that have blanks; other keys are shown as they are."""

    @property
    def label(self) -> str:
        """Its name as short as it can be told apart on a screen."""
        return self.name.rsplit("/", 1)[-1]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"

    def note(self, change: Change) -> str | None:  # noqa: ARG002 (only some kinds have something to say)
        """What is worth knowing of it, whether or not something is to be done."""
        return None

    def manifest(self) -> dict[str, Any] | None:
        """The same as a Kubernetes manifest, for what is kept in a cluster."""
        return None

    @abstractmethod
    def permissions(self, change: Change) -> list[Needed]:
        """What the operator must be allowed to do for this change."""
