"""What roles and bindings may be, and that nobody grants what they do not have themselves.

Source: Kubernetes documentation, "Using RBAC Authorization", "Privilege escalation prevention and bootstrapping"; the
texts are the API server's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import rbac
from .access import allowed
from .kinds import BINDINGS, CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLES, Kind, Object
from .rbac import GROUP, Rule
from .requester import Requester, Wish
from .state import KubernetesState
from .status import Cause, forbidden, invalid, not_found

_SUBJECTS = ("Group", "ServiceAccount", "User")
_SUPPLY = {
    "apiGroups": "resource rules must supply at least one api group",
    "resources": "resource rules must supply at least one resource",
}


def set_defaults(kind: Kind, item: Object) -> None:
    """Fill in the API group of a binding's role and subjects, as the API server does."""
    if kind not in BINDINGS:
        return
    item.setdefault("roleRef", {}).setdefault("apiGroup", GROUP)
    for subject in item.get("subjects") or ():
        subject.setdefault("apiGroup", "" if subject.get("kind") == "ServiceAccount" else GROUP)
        if not subject["apiGroup"]:
            del subject["apiGroup"]


def problems(kind: Kind, item: Object) -> Iterator[Cause]:
    """What is wrong with a role or a binding, besides what is missing of its form."""
    if kind in ROLES:
        for index, rule in enumerate(item.get("rules") or ()):
            yield from _of_rule(kind, rule, f"rules[{index}]")
    elif kind in BINDINGS:
        yield from _of_binding(kind, item)


def check_change(kind: Kind, before: Object, after: Object) -> None:
    """Refuse that a binding names another role (ApiError 422)."""
    if kind in BINDINGS and before["roleRef"] != after["roleRef"]:
        new = after["roleRef"]
        shown = f'rbac.RoleRef{{APIGroup:"{new["apiGroup"]}", Kind:"{new["kind"]}", Name:"{new["name"]}"}}'
        said = f"Invalid value: {shown}: cannot change roleRef"
        raise invalid(kind, before["metadata"]["name"], [Cause("roleRef", "FieldValueInvalid", said)])


def check_escalation(state: KubernetesState, kind: Kind, who: Requester, item: Object) -> None:
    """Refuse a role or a binding that grants what its author does not have (ApiError 403; 404 if there is no role)."""
    metadata = item["metadata"]
    namespace, name = metadata.get("namespace", ""), metadata["name"]
    if kind in ROLES:
        if not allowed(state, who, Wish("escalate", GROUP, kind.plural, namespace, name)):
            _check_rules(state, kind, who, item, item.get("rules") or ())
        return
    reference = item["roleRef"]
    role_kind = CLUSTER_ROLE if reference["kind"] == CLUSTER_ROLE.kind else ROLE
    if allowed(state, who, Wish("bind", GROUP, role_kind.plural, namespace, reference["name"])):
        return
    role = rbac.bound_role(state, item, namespace)
    if role is None:
        raise not_found(role_kind, reference["name"])
    _check_rules(state, kind, who, item, rbac.rules_in(state, role))


def _check_rules(state: KubernetesState, kind: Kind, who: Requester, item: Object, rules: Sequence[Rule]) -> None:
    namespace = item["metadata"].get("namespace", "")
    lacking = [each for rule in rules for each in _lacking(state, who, rule, namespace)]
    if lacking:
        groups = " ".join(json.dumps(group) for group in who.groups)
        said = f'user "{who.username}" (groups=[{groups}]) is attempting to grant RBAC permissions not currently held:'
        raise forbidden(kind, item["metadata"]["name"], "\n".join([said, *map(_compact, lacking)]))


def _lacking(state: KubernetesState, who: Requester, rule: Rule, namespace: str) -> Iterator[Rule]:
    """What of a rule the requester does not have: a rule for each resource or URL."""
    for url in rule.get("nonResourceURLs") or ():
        verbs = [verb for verb in rule["verbs"] if not allowed(state, who, Wish(verb, "", "", path=url))]
        if verbs:
            yield {"nonResourceURLs": [url], "verbs": verbs}
    for group in rule.get("apiGroups") or ():
        for resource in rule.get("resources") or ():
            for name in rule.get("resourceNames") or ("",):
                wishes = [Wish(verb, group, resource, namespace, name) for verb in rule["verbs"]]
                verbs = [wish.verb for wish in wishes if not allowed(state, who, wish)]
                if verbs:
                    named = {"resourceNames": [name]} if name else {}
                    yield {"apiGroups": [group], "resources": [resource], **named, "verbs": verbs}


def _compact(rule: Rule) -> str:
    """A rule as the API server's refusal shows it."""
    keys = ("apiGroups", "resources", "nonResourceURLs", "resourceNames", "verbs")
    spelled = {"apiGroups": "APIGroups", "nonResourceURLs": "NonResourceURLs", "resourceNames": "ResourceNames"}
    parts = []
    for key in keys:
        if rule.get(key):
            values = " ".join(json.dumps(value) for value in rule[key])
            parts.append(f"{spelled.get(key, key.capitalize())}:[{values}]")
    return f"{{{', '.join(parts)}}}"


def _of_rule(kind: Kind, rule: Mapping[str, Any], path: str) -> Iterator[Cause]:
    if rule.get("nonResourceURLs"):
        if kind is ROLE:
            said = "Invalid value: namespaced rules cannot apply to non-resource URLs"
            yield Cause(f"{path}.nonResourceURLs", "FieldValueInvalid", said)
        if any(rule.get(key) for key in (*_SUPPLY, "resourceNames")):
            said = "Invalid value: rules cannot apply to both regular resources and non-resource URLs"
            yield Cause(f"{path}.nonResourceURLs", "FieldValueInvalid", said)
        return
    for key, why in _SUPPLY.items():
        if not rule.get(key):
            yield Cause(f"{path}.{key}", "FieldValueRequired", f"Required value: {why}")


def _of_binding(kind: Kind, item: Object) -> Iterator[Cause]:
    reference = item["roleRef"]
    supported = (CLUSTER_ROLE.kind,) if kind is CLUSTER_ROLE_BINDING else (CLUSTER_ROLE.kind, ROLE.kind)
    if reference["apiGroup"] != GROUP:
        yield _unsupported("roleRef.apiGroup", reference["apiGroup"], (GROUP,))
    if reference["kind"] not in supported:
        yield _unsupported("roleRef.kind", reference["kind"], supported)
    for index, subject in enumerate(item.get("subjects") or ()):
        path = f"subjects[{index}]"
        if subject["kind"] not in _SUBJECTS:
            yield _unsupported(f"{path}.kind", subject["kind"], _SUBJECTS)
        elif subject["kind"] == "ServiceAccount" and not subject.get("namespace"):
            yield Cause(f"{path}.namespace", "FieldValueRequired", "Required value")


def _unsupported(path: str, value: str, supported: Sequence[str]) -> Cause:
    known = ", ".join(f'"{each}"' for each in supported)
    return Cause(path, "FieldValueNotSupported", f'Unsupported value: "{value}": supported values: {known}')
