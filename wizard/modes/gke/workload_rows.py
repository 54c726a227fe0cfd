"""The rows of workloads to choose from: one for each Kubernetes service account that teams created.

A controller whose pods use `default` gets a row with a new service account, which is named after the controller.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from wizard.clouds.controllers import Controller
from wizard.modes.gke.chosen import DEFAULT, Chosen


class Uses(Protocol):
    """A controller, and the Kubernetes service account that its pods use."""

    @property
    def namespace(self) -> str: ...
    @property
    def controller(self) -> Controller: ...
    @property
    def service_account(self) -> str: ...


@dataclass(frozen=True)
class Row:
    """A workload to choose. `was` is the service account that the pods of its controllers use now."""

    namespace: str
    service_account: str
    controllers: tuple[Controller, ...] = ()
    was: str = ""

    @property
    def title(self) -> str:
        """Namespace and service account, as NAMESPACE/NAME."""
        return f"{self.namespace}/{self.service_account}"

    @property
    def replaces(self) -> bool:
        """Whether its controllers will change from `default` to this service account."""
        return self.was == DEFAULT and self.service_account != DEFAULT


def rows(
    accounts: Iterable[tuple[str, str]], controllers: Sequence[Uses], chosen: Iterable[Chosen], shared: Iterable[str]
) -> list[Row]:
    """Return the rows by namespace: first accounts that are used, then unused, chosen and typed ones, by name.

    `accounts` has pairs (namespace, name). In the namespaces `shared`, controllers keep using `default`.
    """
    keep_default = set(shared)
    by_title: dict[str, Row] = {}
    for use in controllers:
        keeps = use.service_account != DEFAULT or use.namespace in keep_default
        account = use.service_account if keeps else use.controller.name
        row = Row(use.namespace, account, (), use.service_account)
        row = by_title.get(row.title, row)
        by_title[row.title] = replace(row, controllers=(*row.controllers, use.controller))
    others = [Row(namespace, name) for namespace, name in accounts if name != DEFAULT]
    others += [Row(workload.namespace, workload.service_account) for workload in chosen]
    for row in others:
        by_title.setdefault(row.title, row)
    return sorted(by_title.values(), key=lambda row: (row.namespace, not row.controllers, row.service_account))


@dataclass(frozen=True)
class _Use:
    """A controller, and the Kubernetes service account that its pods use."""

    namespace: str
    controller: Controller
    service_account: str


def chosen(used: Iterable[tuple[str, Iterable[Controller]]]) -> tuple[Chosen, ...]:
    """Return the workloads that the operator chose by their accounts, as NAMESPACE/NAME, with their controllers.

    Controllers whose pods use `default` get service accounts of their own, as in the rows.
    """
    uses = []
    for account, controllers in used:
        namespace, _, name = account.partition("/")
        uses += [_Use(namespace, controller, name) for controller in controllers]
    return tuple(Chosen(row.namespace, row.service_account, row.controllers, row.was) for row in rows((), uses, (), ()))


def known(chosen: Iterable[Chosen], there: Iterable[Row]) -> tuple[Chosen, ...]:
    """Return the same workloads; those without controllers get the controllers of their rows, if these are known."""
    by_title = {row.title: row for row in there}
    updated = []
    for workload in chosen:
        row = by_title.get(workload.title)
        if row and row.controllers:
            updated.append(replace(workload, controllers=workload.controllers or row.controllers, was=row.was))
        else:
            updated.append(workload)
    return tuple(updated)
