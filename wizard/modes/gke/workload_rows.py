"""Workloads to choose from, made of what runs: one row for each Kubernetes service account of a team's own.

Where pods use their namespace's `default`, each controller of such is offered one of its own, named after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from wizard.modes.gke.chosen import DEFAULT, Chosen
from wizard.modes.gke.controllers import Controller


class Uses(Protocol):
    """A controller, with the Kubernetes service account that its pods use."""

    @property
    def namespace(self) -> str: ...
    @property
    def controller(self) -> Controller: ...
    @property
    def service_account(self) -> str: ...


@dataclass(frozen=True)
class Row:
    """A workload that can be chosen; `was` is the service account that the pods of its controllers use now."""

    namespace: str
    service_account: str
    controllers: tuple[Controller, ...] = ()
    was: str = ""

    @property
    def title(self) -> str:
        """Namespace and service account, as people write them."""
        return f"{self.namespace}/{self.service_account}"

    @property
    def replaces(self) -> bool:
        """Whether its controllers are to leave their namespace's `default` for it."""
        return self.was == DEFAULT and self.service_account != DEFAULT


def rows(
    accounts: Iterable[tuple[str, str]], controllers: Sequence[Uses], chosen: Iterable[Chosen], shared: Iterable[str]
) -> list[Row]:
    """In order of namespace and name: what is used, what is there unused, and what was chosen or typed.

    `accounts` are (namespace, name); `shared` the namespaces whose `default` is to stay in use.
    """
    kept = set(shared)
    found: dict[str, Row] = {}
    for each in controllers:
        shares = each.service_account != DEFAULT or each.namespace in kept
        account = each.service_account if shares else each.controller.name
        row = Row(each.namespace, account, (), each.service_account)
        row = found.get(row.title, row)
        found[row.title] = replace(row, controllers=(*row.controllers, each.controller))
    others = [Row(namespace, name) for namespace, name in accounts if name != DEFAULT]
    for row in (*others, *(Row(each.namespace, each.service_account) for each in chosen)):
        found.setdefault(row.title, row)
    return sorted(found.values(), key=lambda row: (row.namespace, not row.controllers, row.service_account))


def known(chosen: Iterable[Chosen], there: Iterable[Row]) -> tuple[Chosen, ...]:
    """The same workloads, with the controllers whose pods are to use each as they are known now."""
    by_title = {row.title: row for row in there}
    found = []
    for each in chosen:
        row = by_title.get(each.title)
        seen = row is not None and row.controllers
        found.append(replace(each, controllers=row.controllers, was=row.was) if row and seen else each)
    return tuple(found)
