"""The rules of setIamPolicy: which policies IAM stores, and why it refuses the others."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from wizard.sandbox.json_value import JSON

from .policy import Binding, PolicyStore
from .projects import Projects
from .refusals import InvalidError, PreconditionError

PREDEFINED = re.compile(r"roles/[A-Za-z0-9_.]+")
WITH_CONDITION = "_withcond_"
"""What the role of a conditional binding contains for those who read a policy in version 1."""
POOL_MEMBER = re.compile(
    r"principal(?:Set)?://iam\.googleapis\.com/"
    r"(?P<pool>projects/(?P<number>\d+)/locations/global/workloadIdentityPools/(?P<id>[^/]+))/(?P<members>.+)"
)
ONE_MEMBER = re.compile(r"(subject|kubernetes\.serviceaccount\.uid)/.+")
"""What follows the pool in `principal://`."""
MEMBER_SET = re.compile(r"\*|(attribute\.[a-z0-9_]+|group|namespace|kubernetes\.cluster)/.+")
"""What follows the pool in `principalSet://` (IAM documentation, "Principal identifiers"): never a provider."""
OWNER = "roles/owner"
BASIC_ROLES = (OWNER, "roles/editor", "roles/viewer")
GKE_MEMBER = re.compile(r"serviceAccount:(?P<pool>[^\[\]]+\.svc\.id\.goog)\[[^\[\]/]+/[^\[\]/]+\]")
ACCOUNT = re.compile(r"(?P<id>[^@]+)@(?P<project>[^.@]+)\.iam\.gserviceaccount\.com")
AGENT = re.compile(r"((service|project)-(org-|folder-|billing-)?)?p?\d+(-[a-z0-9]+)?")
"""How the ids of the agents of Google's services are formed, which are in projects of Google's own (recorded)."""

PUBLIC = frozenset(("allUsers", "allAuthenticatedUsers"))
WITH_EMAIL = ("user", "serviceAccount", "group")


def parse_policy(
    projects: Projects, document: Mapping[str, Any], stored: Collection[str] = ()
) -> tuple[tuple[Binding, ...], str | None]:
    """The bindings (merged and sorted, as they read back) and the etag of a policy that came with setIamPolicy.

    Members that are `stored` already are accepted as they are: what they name may no longer exist. Raises InvalidError
    for an unknown type of member, role, service account or pool, for a condition that does not compile, and for a
    condition in a policy that is not of version 3.
    """
    raw = document.get("bindings", [])
    if not isinstance(raw, list):
        raise InvalidError("Invalid value at 'policy.bindings'.")
    bindings = [_binding(each) for each in raw]
    if any(each.condition for each in bindings) and document.get("version") != 3:
        raise InvalidError("A policy with conditions needs version 3.")
    for binding in bindings:
        check_grant(projects, binding, stored)
    etag = document.get("etag")
    if etag is not None and not isinstance(etag, str):
        raise InvalidError("Invalid value at 'policy.etag'.")
    return merged(bindings), etag or None


def merged(bindings: Iterable[Binding]) -> tuple[Binding, ...]:
    """One binding for each role and condition, members without repetition, empty ones dropped, all sorted."""
    together: dict[tuple[str, str], Binding] = {}
    for binding in bindings:
        key = (binding.role, repr(binding.condition) if binding.condition else "")
        before = together.get(key)
        members = {*binding.members, *(before.members if before else ())}
        together[key] = Binding(binding.role, tuple(sorted(members)), binding.condition)
    return tuple(together[key] for key in sorted(together) if together[key].members)


def _binding(raw: JSON) -> Binding:
    members = raw.get("members", []) if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(raw.get("role"), str) or not isinstance(members, list):
        raise InvalidError("Invalid value at 'policy.bindings'.")
    condition = raw.get("condition") or None
    if condition is not None and not (isinstance(condition, dict) and condition.get("expression")):
        raise InvalidError("Invalid value at 'policy.bindings.condition'.")
    return Binding(raw["role"], tuple(str(member) for member in members), condition)


def _check_role(projects: Projects, role: str) -> None:
    """Google has many more predefined roles than the sandbox knows, so that each well-formed name is one.

    The name that a conditional binding has for readers of version 1 is not.
    """
    custom = projects.custom_roles.get(role)
    if not (PREDEFINED.fullmatch(role) and WITH_CONDITION not in role) and (custom is None or custom.deleted):
        raise InvalidError(f"Role {role} is not supported for this resource.")


def _check_condition(binding: Binding) -> None:
    """Refuse a condition that is not CEL, and one on a basic role (IAM documentation, "Conditional role bindings")."""
    if not binding.condition:
        return
    from wizard.federation.mapping import ExpressionError, PolicyCondition  # compiles CEL: not needed to start

    if binding.role in BASIC_ROLES:
        raise InvalidError(f"A grant of {binding.role} cannot have a condition.")
    try:
        PolicyCondition(str(binding.condition["expression"]))
    except ExpressionError as error:
        raise InvalidError(f"The expression of a condition does not compile: {error.problem}.") from error


def check_grant(projects: Projects, binding: Binding, stored: Collection[str] = ()) -> None:
    """Refuse a role, a condition or a member that IAM would not store (InvalidError), unless the member is `stored`."""
    _check_role(projects, binding.role)
    _check_condition(binding)
    for member in binding.members:
        if member not in stored:
            _check_member(projects, member)


def check_change(stored: PolicyStore, document: Mapping[str, Any]) -> None:
    """Refuse a policy that would lose conditions without saying so (InvalidError).

    Only a policy without an etag may do so (IAM documentation, "Policies with conditions").
    """
    if stored.conditional and document.get("etag") and document.get("version") != 3:
        raise InvalidError("The stored policy has conditions: read it and write it with version 3.")


def check_project(stored: PolicyStore, bindings: Iterable[Binding], inside: bool) -> None:
    """Refuse what the policy of a project cannot be (reference of projects.setIamPolicy).

    A project that is `inside` an organization needs no owner of its own. Raises InvalidError, PreconditionError.
    """
    members = {member for binding in bindings for member in binding.members}
    if members & PUBLIC:
        # Google says no more than this (as reported).
        raise InvalidError("Request contains an invalid argument.")
    owners = any(binding.role == OWNER for binding in bindings)
    if not (owners or inside) and stored.holders(OWNER):
        raise PreconditionError("The last owner of a project cannot be removed.")


def _check_member(projects: Projects, member: str) -> None:
    """Refuse a member that IAM would not store (texts as reported in public threads)."""
    kind, _, who = member.partition(":")
    if member in PUBLIC or kind == "deleted" or (kind == "domain" and who):
        return
    if kind in ("principal", "principalSet"):
        _check_pool_member(projects, member)
    elif gke := GKE_MEMBER.fullmatch(member):
        if not any(gke["pool"] in project.pools for project in projects):
            raise _no_pool(gke["pool"])
    elif kind in WITH_EMAIL and "@" in who:
        if kind == "serviceAccount":
            _check_account(projects, who)
    else:
        raise _unknown_type(member)


def _check_pool_member(projects: Projects, member: str) -> None:
    """The pool must be there; that of GKE clusters cannot be named as a whole (reported with the same text)."""
    found = POOL_MEMBER.fullmatch(member)
    members = ONE_MEMBER if member.startswith("principal:") else MEMBER_SET
    if found is None or members.fullmatch(found["members"]) is None:
        raise InvalidError(f"Principal {member} is of an invalid format.")
    project = projects.find(found["number"])
    pool = project.pools.get(found["id"]) if project is not None else None
    if pool is None or not pool.ready or (pool.system and found["members"] == "*"):
        raise _no_pool(found["pool"])


def _check_account(projects: Projects, email: str) -> None:
    """Google's own agents, and accounts of other domains than that of projects, are accepted without a check."""
    found = ACCOUNT.fullmatch(email)
    if found is None or projects.account(email) is not None:
        return
    elsewhere = projects.find(found["project"]) is None
    if elsewhere and (found["project"].startswith("gcp-sa-") or AGENT.fullmatch(found["id"])):
        return
    raise InvalidError(f"Service account {email} does not exist.")


def _no_pool(pool: str) -> InvalidError:
    return InvalidError(
        f"Identity Pool does not exist ({pool}). Please check that you specified a valid resource name as returned in "
        "the `name` attribute in the configuration API."
    )


def _unknown_type(member: str) -> InvalidError:
    return InvalidError(f"The member {member} is of an unknown type. Please set a valid type prefix for the member.")
