"""What no single line of a setup tells: access that cannot work, and identities that more pods have than it seems."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.modes.gke import limits
from wizard.modes.gke.model import GkeSetup, Workload
from wizard.setup.access_checks import Access, direct_notes, direct_problems
from wizard.setup.problems import SetupProblem


def problems(setup: GkeSetup) -> list[SetupProblem]:
    """Every problem, before any cloud is asked."""
    found: list[SetupProblem] = []
    for place, workload in enumerate(setup.workloads):
        access = _access(place, workload)
        if access.direct and workload.perimeter:
            fix = f"{access.fix}, or leave `via` out"
            found.append(SetupProblem(f"{access.where}via", None, limits.PERIMETER, fix))
        found += direct_problems(access)
    return found


def notes(setup: GkeSetup) -> list[str]:
    """What works, within limits that the operator should know of; each once."""
    found = [
        note
        for place, workload in enumerate(setup.workloads)
        for note in direct_notes(_access(place, workload), limits.LIMITS)
    ]
    for workload in setup.workloads:
        found += _about(setup, workload)
    return list(dict.fromkeys(found))


def _access(place: int, workload: Workload) -> Access:
    name_it = "google_service_account: NAME"
    return Access(f"workloads[{place}].", workload.via == "direct", workload.grants, name_it)


def _about(setup: GkeSetup, workload: Workload) -> Iterator[str]:
    """An identity that more pods have than one would think, and access that a perimeter may refuse."""
    if workload.namespace.startswith("kube-"):
        yield f"{workload.title}: Kubernetes owns namespaces that begin with kube-; run the workload in another one"
    if workload.service_account == "default":
        yield f"{workload.title}: every pod of {workload.namespace} that names no service account gets these roles"
    if workload.via == "service-account" and (reason := _demanded(workload)):
        yield f"{workload.title} acts as {workload.google_service_account}: {reason}"
    others = {grant.on for grant in workload.grants} - {f"projects/{setup.google.project}"}
    if workload.via == "direct" and others:
        yield f"{workload.title} on {', '.join(sorted(others))}: {limits.ACROSS_PERIMETERS}"


def _demanded(workload: Workload) -> str | None:
    roles = (role for grant in workload.grants for role in grant.roles)
    return limits.service_account_reason(roles, workload.perimeter)
