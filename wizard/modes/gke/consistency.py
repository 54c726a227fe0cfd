"""Problems and notes that no single line of a setup shows, such as an identity that other pods share."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.language import _
from wizard.modes.gke import limits
from wizard.modes.gke.model import GkeSetup, Workload
from wizard.setup.access_checks import Access, direct_notes, direct_problems, placement_problems, role_notes
from wizard.setup.problems import SetupProblem


def problems(setup: GkeSetup) -> list[SetupProblem]:
    """Return every problem of a setup. Calls no cloud."""
    problems: list[SetupProblem] = []
    for index, workload in enumerate(setup.workloads):
        access = _access(index, workload)
        if access.direct and workload.perimeter:
            fix = _("{fix}, or remove `via`").format(fix=access.fix)
            problems.append(SetupProblem(f"{access.where}via", None, limits.PERIMETER, fix))
        problems += direct_problems(access)
        problems += placement_problems(access)
    return problems


def notes(setup: GkeSetup) -> list[str]:
    """Return the limits that the operator should know, each once."""
    notes: list[str] = []
    for index, workload in enumerate(setup.workloads):
        access = _access(index, workload)
        notes += [*direct_notes(access, limits.LIMITS), *role_notes(access)]
    for workload in setup.workloads:
        notes += _workload_notes(setup, workload)
    return list(dict.fromkeys(notes))


def _access(index: int, workload: Workload) -> Access:
    account_line = "google_service_account: NAME"
    return Access(f"workloads[{index}].", workload.via == "direct", workload.grants, account_line)


def _workload_notes(setup: GkeSetup, workload: Workload) -> Iterator[str]:
    """Yield notes about an identity that other pods share, and about access that a perimeter can refuse."""
    if workload.namespace.startswith("kube-"):
        yield _("{title}: Kubernetes reserves namespaces that start with kube-; use another namespace").format(
            title=workload.title
        )
    if workload.service_account == "default":
        yield _(
            "{title}: in the namespace {namespace}, every pod that names no service account gets the granted roles"
        ).format(title=workload.title, namespace=workload.namespace)
    reason = _service_account_reason(workload)
    if workload.via == "service-account" and reason:
        yield _("{title} acts as {google_service_account}: {reason}").format(
            title=workload.title, google_service_account=workload.google_service_account, reason=reason
        )
    others = {grant.on for grant in workload.grants} - {f"projects/{setup.google.project}"}
    if workload.via == "direct" and others:
        yield f"{workload.title} on {', '.join(sorted(others))}: {limits.ACROSS_PERIMETERS}"


def _service_account_reason(workload: Workload) -> str | None:
    roles = (role for grant in workload.grants for role in grant.roles)
    return limits.service_account_reason(roles, workload.perimeter)
