"""getIamPolicy, setIamPolicy and testIamPermissions, for every API with policies."""

from hashlib import sha256

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.policy import Binding, PolicyStore
from wizard.sandbox.model.policy_changes import PolicyChange, deltas
from wizard.sandbox.model.policy_rules import WITH_CONDITION, check_change, check_project, parse_policy
from wizard.sandbox.model.projects import Project
from wizard.sandbox.model.service_accounts import ServiceAccount

from .calls import Call
from .errors import invalid

POLICY_VERSION = ("options.requestedPolicyVersion",)
"""The query parameters of getIamPolicy in the APIs that take its options there."""

READ_BODY = ("options",)
WRITE_BODY = ("policy", "updateMask")
TEST_BODY = ("permissions",)
"""The fields of the bodies of getIamPolicy, setIamPolicy and testIamPermissions."""


def read_policy(call: Call, store: PolicyStore) -> JSON:
    """Answer getIamPolicy; the version asked for is in the body's options or in the query, depending on the API."""
    options = call.part("options")
    version = options.get("requestedPolicyVersion") or call.query.get("options.requestedPolicyVersion") or 0
    if not str(version).isdigit():
        raise invalid("Invalid value at 'options.requested_policy_version'.")
    return policy_document(store, int(version))


def write_policy(call: Call, store: PolicyStore, project: Project | None = None) -> JSON:
    """Answer setIamPolicy: stored at once, enforced after the world's propagation time.

    `project` is given if the policy is that of a project, which has rules of its own. What is audited changes only if
    the update mask names it.
    """
    if "policy" not in call.document():
        raise invalid("Policy is required.")
    policy, projects = call.part("policy"), call.world.projects
    bindings, etag = parse_policy(projects, policy, store.members)
    store.check(etag)
    check_change(store, policy)
    if project is not None:
        check_project(store, bindings, inside=bool(projects.above(project)))
    store.set(bindings, etag, call.world.clock(), call.world.settings.propagation)
    if "auditConfigs" in str(call.document().get("updateMask", "")):
        store.audit_configs = list(policy.get("auditConfigs") or ())
    return policy_document(store, 3)


def write_audited(call: Call, project: Project, account: ServiceAccount | None = None) -> JSON:
    """Answer setIamPolicy of a project, or of a service account in it, and record the change for the audit log."""
    store = account.policy if account else project.policy
    before = store.bindings
    answer = write_policy(call, store, None if account else project)
    caller = call.caller.email or call.caller.member if call.caller else ""
    on_account = (account.email, account.unique_id) if account else None
    changed = deltas(before, store.bindings)
    call.world.policy_changes.append(PolicyChange(call.world.clock(), caller, project.id, on_account, changed))
    return answer


def policy_document(store: PolicyStore, version: int) -> JSON:
    """The policy as getIamPolicy answers it; conditions are shown to callers that ask for version 3."""
    if version not in (0, 1, 3):
        raise invalid(f"Requested policy version {version} is not supported.")
    if not store.was_set:
        return {"etag": store.etag}
    conditional = version == 3 and store.conditional
    document: dict[str, JSON] = {"version": 3 if conditional else 1, "etag": store.etag}
    if store.audit_configs:
        document["auditConfigs"] = store.audit_configs
    if store.bindings:
        document["bindings"] = [_binding_document(binding, version == 3) for binding in store.bindings]
    return document


def _binding_document(binding: Binding, with_condition: bool) -> JSON:
    """A binding; clients of version 1 see a digest of the condition in the role's name instead of the condition."""
    if not binding.condition:
        return {"role": binding.role, "members": list(binding.members)}
    if with_condition:
        return {"role": binding.role, "members": list(binding.members), "condition": binding.condition}
    digest = sha256(repr(binding.condition).encode()).hexdigest()[:20]
    return {"role": f"{binding.role}{WITH_CONDITION}{digest}", "members": list(binding.members)}


def asked_permissions(call: Call) -> list[str]:
    """The permissions that testIamPermissions is asked about."""
    permissions = call.document().get("permissions", [])
    if not isinstance(permissions, list):
        raise invalid("Invalid value at 'permissions'.")
    return [str(permission) for permission in permissions]


def held(permissions: list[str]) -> JSON:
    """The answer of testIamPermissions: no key at all when nothing is held."""
    return {"permissions": permissions} if permissions else {}
