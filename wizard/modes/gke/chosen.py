"""A workload on GKE that was chosen, with the answers about its access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wizard.modes.gke.controllers import Controller
    from wizard.setup.question import Value

DEFAULT = "default"
"""The service account of pods that name none."""


@dataclass(frozen=True)
class ActsAs:
    """The Google service account that a KSA's annotation names, and whether that exists (None: it was not told)."""

    email: str
    exists: bool | None = None


@dataclass(frozen=True)
class Chosen:
    """A namespace and the Kubernetes service account that its pods are to use.

    `controllers` are those whose pods are to use it, as far as it is known; `was` is what these pods use now.
    `acts_as` is whom the annotation names now, if it was read and there is one.
    `access` has the operator's answers about it, by path; `further` the grants that a file had beside the one asked
    for, as plain data.
    """

    namespace: str
    service_account: str
    controllers: tuple[Controller, ...] = ()
    was: str = ""
    access: Mapping[str, Value] = field(default_factory=dict)
    further: tuple[Mapping[str, Any], ...] = ()
    acts_as: ActsAs | None = None

    @property
    def title(self) -> str:
        """Namespace and service account, as people write them."""
        return f"{self.namespace}/{self.service_account}"

    def answered(self, path: str, value: Value | None) -> Chosen:
        """The same with another answer; None takes it back."""
        access = {key: each for key, each in self.access.items() if key != path}
        return replace(self, access=access if value is None else access | {path: value})
