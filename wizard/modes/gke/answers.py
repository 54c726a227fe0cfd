"""Between the answers about workloads on GKE and a setup as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.modes.gke.chosen import Chosen

if TYPE_CHECKING:
    from wizard.modes.gke.model import GkeSetup, Workload
    from wizard.modes.gke.workload_answers import GkeAnswers
    from wizard.setup.answers import Answers


def take(answers: GkeAnswers, setup: GkeSetup) -> None:
    """Answer as this setup does."""
    answers.kept = setup.model_dump(mode="json", include={"probe"}, exclude_defaults=True)
    answers.set("google.project", setup.google.project)
    answers.set("gke.cluster", setup.gke.cluster)
    answers.set("gke.location", setup.gke.location)
    answers.set("gke.node_pools", setup.gke.node_pools)
    answers.workloads = tuple(_chosen(each) for each in setup.workloads)


def data(answers: GkeAnswers) -> dict[str, Any]:
    """The setup that the answers mean."""
    google = _filled({"project": answers.text("google.project")})
    pools = answers.get("gke.node_pools")
    gke: dict[str, Any] = {"cluster": answers.text("gke.cluster"), "location": answers.text("gke.location")}
    gke = _filled(gke) | {"node_pools": list(pools) if isinstance(pools, tuple) else []}
    workloads = [_workload(answers.of(place), each) for place, each in enumerate(answers.workloads)]
    made = {"version": 1, "mode": "gke", "google": google, "gke": gke, "workloads": workloads}
    return made | answers.kept


def _chosen(workload: Workload) -> Chosen:
    first, *further = [*(grant.model_dump(mode="json") for grant in workload.grants)] or [{}]
    access: dict[str, Any] = {"access.via": workload.via}
    if workload.perimeter:
        access["access.perimeter"] = True
    if workload.google_service_account:
        access["access.service_account"] = workload.google_service_account
    if first:
        access["access.on"] = first["on"].removeprefix("projects/")
        access["access.roles"] = tuple(first["roles"])
    return Chosen(workload.namespace, workload.service_account, access=access, further=tuple(further))


def _workload(answers: Answers, chosen: Chosen) -> dict[str, Any]:
    via, roles = answers.text("access.via"), answers.get("access.roles")
    grants = [{"on": f"projects/{answers.text('access.on')}", "roles": list(roles)}] if isinstance(roles, tuple) else []
    account = answers.text("access.service_account") if via == "service-account" else None
    return _filled(
        {
            "namespace": chosen.namespace,
            "service_account": chosen.service_account,
            "perimeter": answers.get("access.perimeter") or None,
            "via": via,
            "google_service_account": account,
        }
    ) | {"grants": [*grants, *chosen.further]}


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is not answered."""
    return {key: value for key, value in values.items() if value not in (None, "")}
