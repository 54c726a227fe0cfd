"""Reviews: callers ask which permissions they have, and who they are."""

from __future__ import annotations

from typing import Any

from .access import Requester, Wish, allowed, denied_somewhere, needed
from .kinds import ACCESS_REVIEW, RULES_REVIEW, SELF_REVIEW, STORED, Kind, Object
from .state import KubernetesState
from .status import Cause, bad_request, invalid


def answer(state: KubernetesState, kind: Kind, who: Requester, asked: Object) -> Object:
    """The review with its status. Raises ApiError 400 or 422."""
    reviewed = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"creationTimestamp": None}}
    if kind is SELF_REVIEW:
        info = {"username": who.username, "uid": who.uid, "groups": list(who.groups)}
        return {**reviewed, "status": {"userInfo": {key: value for key, value in info.items() if value}}}
    spec = asked.get("spec") or {}
    if kind is RULES_REVIEW:
        return {**reviewed, "spec": spec, "status": _rules(state, who, str(spec.get("namespace", "")))}
    return {**reviewed, "spec": spec, "status": _access(state, who, spec)}


def _rules(state: KubernetesState, who: Requester, namespace: str) -> Object:
    """What the requester has permission to do in a namespace, by kind."""
    rules = []
    for kind in STORED:
        verbs = [verb for verb in kind.verbs if allowed(state, who, Wish(verb, kind.group, kind.plural, namespace))]
        if verbs:
            rules.append({"verbs": verbs, "apiGroups": [kind.group], "resources": [kind.plural]})
    return {"resourceRules": rules, "nonResourceRules": [], "incomplete": False}


def _access(state: KubernetesState, who: Requester, spec: Object) -> Object:
    resource, other = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if (resource is None) == (other is None):
        said = "Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified"
        raise invalid(ACCESS_REVIEW, "", [Cause("spec.resourceAttributes", "FieldValueInvalid", said)])
    if resource is None:
        return {"allowed": True}  # discovery, which everybody who is known may read
    wish = _wish(resource)
    if allowed(state, who, wish) and not (wish.namespace == "" and denied_somewhere(state, wish)):
        return {"allowed": True}
    return {"allowed": False, "reason": needed(wish)}


def _wish(attributes: Any) -> Wish:
    if not isinstance(attributes, dict) or not all(isinstance(each, str) for each in attributes.values()):
        raise bad_request("spec.resourceAttributes must be an object of strings.")
    resource, subresource = attributes.get("resource", ""), attributes.get("subresource", "")
    return Wish(
        attributes.get("verb", ""),
        attributes.get("group", ""),
        f"{resource}/{subresource}" if subresource else resource,
        attributes.get("namespace", ""),
        attributes.get("name", ""),
    )
