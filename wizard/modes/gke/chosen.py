"""A workload on GKE that the operator chose, with the answers about its access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wizard.clouds.controllers import Controller
    from wizard.setup.question import Found, Value

DEFAULT = "default"
"""The Kubernetes service account of pods that do not name one."""


@dataclass(frozen=True)
class ActsAs:
    """The Google service account that a KSA's annotation names, and whether it exists (None if that is not known)."""

    email: str
    exists: bool | None = None


@dataclass(frozen=True)
class Chosen:
    """A namespace, and the Kubernetes service account that its pods will use.

    `controllers` are the known controllers whose pods will use it; `was` is the account that these pods use now.
    `acts_as` is what its annotation names now; None if it has none, or if it was not read.
    `access` has the operator's answers about it, by path. `further` has the grants that only a file has, as plain data.
    """

    namespace: str
    service_account: str
    controllers: tuple[Controller, ...] = ()
    was: str = ""
    access: Mapping[str, Value] = field(default_factory=dict)
    further: tuple[Mapping[str, Any], ...] = ()
    acts_as: ActsAs | None = None
    seen: Mapping[str, Found] = field(default_factory=dict)
    """What the wizard found about it, by the path of a question."""
    kept: Mapping[str, Any] = field(default_factory=dict)
    """What only a file has besides, as plain data."""

    @property
    def title(self) -> str:
        """Namespace and service account, as NAMESPACE/NAME."""
        return f"{self.namespace}/{self.service_account}"

    def answered(self, path: str, value: Value | None) -> Chosen:
        """Return the same workload with another answer; None removes the answer."""
        access = {key: answer for key, answer in self.access.items() if key != path}
        return replace(self, access=access if value is None else access | {path: value})
