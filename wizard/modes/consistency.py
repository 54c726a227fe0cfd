"""What no single line of a setup tells: expressions that do not compile, access that cannot work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from wizard.federation.mapping import Condition, ExpressionError, Mapping
from wizard.modes.aws.model import AwsSetup, Grant
from wizard.modes.gke.model import GkeSetup, Workload
from wizard.setup import products
from wizard.setup.load import Setup
from wizard.setup.problems import SetupProblem

_ROLE_ATTRIBUTE = "attribute.aws_role"


@dataclass(frozen=True)
class _Access:
    """The access of one workload: where its grants stand in the setup, and how it is to get them."""

    where: str
    direct: bool
    grants: Sequence[Grant]
    name_it: str
    """How a service account is named there."""
    perimeter: bool = False

    def roles(self) -> Iterator[tuple[str, str]]:
        """Where a role stands, and the role."""
        for place, grant in enumerate(self.grants):
            yield from ((f"{self.where}grants[{place}].roles", role) for role in grant.roles)


def problems(setup: Setup) -> list[SetupProblem]:
    """Every problem, before any cloud is asked."""
    expressions = _expressions(setup) if isinstance(setup, AwsSetup) else ()
    return [*expressions, *_direct_access(setup)]


def notes(setup: Setup) -> list[str]:
    """What works, within limits that the operator should know of; each once."""
    found = [
        f"{role}: {note}"
        for access in _accesses(setup)
        for _, role in access.roles()
        if access.direct and (note := products.direct_access_note(role, setup.mode))
    ]
    return list(dict.fromkeys([*found, *(_of_workloads(setup) if isinstance(setup, GkeSetup) else ())]))


def _accesses(setup: Setup) -> list[_Access]:
    if isinstance(setup, AwsSetup):
        return [_Access("access.", setup.access.via == "direct", setup.access.grants, "service_account: NAME")]
    name_it = "google_service_account: NAME"
    return [
        _Access(f"workloads[{place}].", each.via == "direct", each.grants, name_it, each.perimeter)
        for place, each in enumerate(setup.workloads)
    ]


def _direct_access(setup: Setup) -> Iterator[SetupProblem]:
    """Where federated identities are refused, by a perimeter or a product: the workload needs a service account."""
    for access in _accesses(setup):
        fix = f"write `via: service-account` with `{access.name_it}`"
        if access.direct and access.perimeter:
            yield SetupProblem(f"{access.where}via", None, products.PERIMETER, f"{fix}, or leave `via` out")
        for where, role in access.roles() if access.direct else ():
            if reason := products.direct_access_problem(role):
                yield SetupProblem(where, None, f"{role}: {reason}", fix)


def _of_workloads(setup: GkeSetup) -> Iterator[str]:
    """Workloads whose identity more pods have than one would think, and access that a perimeter may refuse."""
    for workload in setup.workloads:
        if workload.namespace.startswith("kube-"):
            yield f"{workload.title}: namespaces that begin with kube- are Kubernetes' own; run the workload in another"
        if workload.service_account == "default":
            yield f"{workload.title}: every pod of {workload.namespace} that names no service account gets these roles"
        if workload.via == "service-account" and (reason := _demanded(workload)):
            yield f"{workload.title} acts as {workload.google_service_account}: {reason}"
        others = {grant.on for grant in workload.grants} - {f"projects/{setup.google.project}"}
        if workload.via == "direct" and others:
            yield f"{workload.title} on {', '.join(sorted(others))}: {products.ACROSS_PERIMETERS}"


def _demanded(workload: Workload) -> str | None:
    roles = (role for grant in workload.grants for role in grant.roles)
    return products.service_account_reason(roles, workload.perimeter)


def _expressions(setup: AwsSetup) -> Iterator[SetupProblem]:
    """The setup's own mapping and condition, compiled by the engine that the token service uses."""
    mapping, condition = setup.google.attribute_mapping, setup.google.attribute_condition
    if mapping:
        yield from mapping_problems(mapping)
    if condition:
        yield from condition_problems(condition)


def mapping_problems(mapping: dict[str, str]) -> Iterator[SetupProblem]:
    """What is wrong with an attribute mapping of one's own."""
    if _ROLE_ATTRIBUTE not in mapping:
        fix = f"map {_ROLE_ATTRIBUTE} too: grants are made to the role, not to the account or the session"
        yield SetupProblem("google.attribute_mapping", None, f"{_ROLE_ATTRIBUTE} is not mapped", fix)
    yield from _compiled("google.attribute_mapping", lambda: Mapping(mapping))


def condition_problems(condition: str) -> Iterator[SetupProblem]:
    """What is wrong with an attribute condition of one's own."""
    yield from _compiled("google.attribute_condition", lambda: Condition(condition))


def _compiled(where: str, compile_it: Callable[[], object]) -> Iterator[SetupProblem]:
    try:
        compile_it()
    except ExpressionError as error:
        at = f" (line {error.line}, column {error.column} of the expression)" if error.line else ""
        what = f"{error.key}: {error.problem}{at}"
        yield SetupProblem(where, None, what, f"correct the expression: {error.expression}")
