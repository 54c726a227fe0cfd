"""Convert between the answers about workloads on GKE and their setup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.clouds.controllers import KINDS
from wizard.modes.gke.chosen import Chosen
from wizard.setup import access_answers

if TYPE_CHECKING:
    from wizard.modes.gke.model import GkeSetup, Workload
    from wizard.modes.gke.workload_answers import GkeAnswers
    from wizard.setup.answers import Answers


def fill(answers: GkeAnswers, setup: GkeSetup) -> None:
    """Store the answers that give this setup."""
    answers.kept = setup.model_dump(mode="json", include={"probe"}, exclude_defaults=True)
    answers.set("google.project", setup.google.project)
    answers.set("gke.cluster", setup.gke.cluster)
    answers.set("gke.location", setup.gke.location)
    answers.set("gke.node_pools", setup.gke.node_pools)
    answers.workloads = tuple(_chosen(workload, setup.google.project) for workload in setup.workloads)


def data(answers: GkeAnswers) -> dict[str, Any]:
    """Return the setup that the answers describe, as plain data."""
    google = _without_empty({"project": answers.text("google.project")})
    pools = answers.get("gke.node_pools")
    gke: dict[str, Any] = {"cluster": answers.text("gke.cluster"), "location": answers.text("gke.location")}
    gke = _without_empty(gke) | {"node_pools": list(pools) if isinstance(pools, tuple) else []}
    workloads = [_workload(answers.of(index), chosen) for index, chosen in enumerate(answers.workloads)]
    setup = {"version": 1, "mode": "gke", "google": google, "gke": gke, "workloads": workloads}
    return setup | answers.kept


def _chosen(workload: Workload, project: str) -> Chosen:
    grants = [grant.model_dump(mode="json") for grant in workload.grants]
    granted = access_answers.from_grants(grants, project)
    access: dict[str, Any] = {"access.via": workload.via}
    if workload.perimeter:
        access["access.perimeter"] = True
    if workload.google_service_account:
        access["access.service_account"] = workload.google_service_account
    access.update(granted.answers)
    if workload.controllers:
        access["access.wire"] = True
    if workload.remove_keys:
        access["access.remove_keys"] = True
    if workload.replaces:
        access |= {"access.has_key": True, "access.replaces": workload.replaces}
    kept = workload.model_dump(include={"disable_keys"}, exclude_defaults=True)
    return Chosen(
        workload.namespace,
        workload.service_account,
        workload.wired,
        access=access,
        further=granted.further,
        kept=kept,
    )


def _workload(answers: Answers, chosen: Chosen) -> dict[str, Any]:
    via, roles = answers.text("access.via"), answers.get("access.roles")
    grants: list[Any] = []
    if isinstance(roles, tuple):
        grants = access_answers.to_grants(answers)
    workload: dict[str, Any] = {
        "namespace": chosen.namespace,
        "service_account": chosen.service_account,
        "perimeter": answers.get("access.perimeter") or None,
        "via": via,
        "google_service_account": answers.text("access.service_account") if via == "service-account" else None,
    }
    controllers = [each.path for each in chosen.controllers if KINDS[each.kind].patchable]
    removes = answers.get("access.remove_keys") is True
    if controllers and (removes or answers.get("access.wire") is True):
        workload |= {"controllers": controllers, "remove_keys": removes or None}
    replaces = answers.text("access.replaces")
    if replaces and answers.question("access.replaces").shown(answers):
        workload |= {"replaces": replaces, **chosen.kept}
    return _without_empty(workload) | {"grants": [*grants, *chosen.further]}


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "")}
