"""getIamPolicy and setIamPolicy, which every API with policies has."""

from wizard.sandbox.model.policy import PolicyStore
from wizard.sandbox.model.policy_rules import parse_policy

from .calls import Call
from .errors import JSON, invalid


def read_policy(call: Call, store: PolicyStore) -> JSON:
    """Answer getIamPolicy; the version asked for is in the body's options or in the query, as the API has it."""
    options = call.part("options")
    version = options.get("requestedPolicyVersion") or call.query.get("options.requestedPolicyVersion") or 0
    if not str(version).isdigit():
        raise invalid("Invalid value at 'options.requested_policy_version'.")
    return store.get(int(version))


def write_policy(call: Call, store: PolicyStore) -> JSON:
    """Answer setIamPolicy: stored at once, enforced after the world's propagation time."""
    if "policy" not in call.document():
        raise invalid("Policy is required.")
    bindings, etag = parse_policy(call.world.google, call.part("policy"), store.members)
    return store.set(bindings, etag, call.world.clock(), call.world.settings.propagation)


def asked_permissions(call: Call) -> list[str]:
    """The permissions that testIamPermissions is asked about."""
    permissions = call.document().get("permissions", [])
    if not isinstance(permissions, list):
        raise invalid("Invalid value at 'permissions'.")
    return [str(permission) for permission in permissions]


def held(permissions: list[str]) -> JSON:
    """The answer of testIamPermissions: no key at all when nothing is held."""
    return {"permissions": permissions} if permissions else {}
