"""Reviews: callers ask which permissions they or others have, and who they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from . import rbac
from .access import allowed, denied_somewhere, needed
from .kinds import LOCAL_REVIEW, RULES_REVIEW, SELF_REVIEW, STORED, SUBJECT_REVIEW, Kind, Object
from .requester import Requester, Wish
from .state import KubernetesState
from .status import Cause, bad_request, invalid

_NO_FIELD = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
_NOBODY = "at least one of user or group must be specified"


def answer(state: KubernetesState, kind: Kind, who: Requester, asked: Object, namespace: str = "") -> Object:
    """The review with its status; a LocalSubjectAccessReview is about its namespace. Raises ApiError 400 or 422."""
    reviewed = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"creationTimestamp": None}}
    if kind is SELF_REVIEW:
        info = {"username": who.username, "uid": who.uid, "groups": list(who.groups)}
        return {**reviewed, "status": {"userInfo": {key: value for key, value in info.items() if value}}}
    spec = asked.get("spec") or {}
    if kind is RULES_REVIEW:
        return {**reviewed, "spec": spec, "status": _rules(state, who, str(spec.get("namespace", "")))}
    if kind in (SUBJECT_REVIEW, LOCAL_REVIEW):
        who = _subject(kind, spec)
    wish = _wish(kind, spec)
    if kind is LOCAL_REVIEW and wish.namespace != namespace:
        said = f'Invalid value: "{wish.namespace}": must match metadata.namespace'
        raise invalid(kind, "", [Cause("spec.resourceAttributes.namespace", "FieldValueInvalid", said)])
    return {**reviewed, "spec": spec, "status": _access(state, who, wish)}


def _rules(state: KubernetesState, who: Requester, namespace: str) -> Object:
    """What the requester has permission to do in a namespace."""
    rules = list(rbac.rules_of(state, who, namespace))
    resources = [_shown(rule, "resources") for rule in rules if rule.get("resources")]
    others = [_shown(rule, "nonResourceURLs") for rule in rules if rule.get("nonResourceURLs")]
    from_iam = _rules_of_iam(state, who, namespace) if who.google is not None else ()
    return {"resourceRules": [*from_iam, *resources], "nonResourceRules": others, "incomplete": False}


def _rules_of_iam(state: KubernetesState, who: Requester, namespace: str) -> Iterator[Object]:
    """What IAM grants, by kind."""
    for kind in STORED:
        verbs = [verb for verb in kind.verbs if allowed(state, who, Wish(verb, kind.group, kind.plural, namespace))]
        if verbs:
            yield {"verbs": verbs, "apiGroups": [kind.group], "resources": [kind.plural]}


def _shown(rule: rbac.Rule, key: str) -> Object:
    """A rule as a review has it: of resources or of URLs."""
    keys = ("verbs", "apiGroups", "resources", "resourceNames") if key == "resources" else ("verbs", "nonResourceURLs")
    return {key: list(rule[key]) for key in keys if rule.get(key)}


def _access(state: KubernetesState, who: Requester, wish: Wish) -> Object:
    if allowed(state, who, wish) and not (wish.namespace == "" and denied_somewhere(state, wish)):
        return {"allowed": True}
    reason = needed(who, wish)
    return {"allowed": False, "reason": reason} if reason else {"allowed": False}


def _subject(kind: Kind, spec: Object) -> Requester:
    """Whom a review is about. What IAM grants to a name is not known to the cluster."""
    user, groups = spec.get("user", ""), tuple(spec.get("groups") or ())
    if not user and not groups:
        raise invalid(kind, "", [Cause("spec.user", "FieldValueInvalid", f'Invalid value: "": {_NOBODY}')])
    return Requester(user, spec.get("uid", ""), groups)


def _wish(kind: Kind, spec: Object) -> Wish:
    resource, other = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if (resource is None) == (other is None):
        said = f"Invalid value: {_NO_FIELD}"
        raise invalid(kind, "", [Cause("spec.resourceAttributes", "FieldValueInvalid", said)])
    given = resource if other is None else other
    if not isinstance(given, dict):
        raise bad_request("the attributes of a review must be an object")
    if other is not None:
        return Wish(given.get("verb", ""), "", "", path=given.get("path", ""))
    wish = Wish(
        *(given.get("verb", ""), given.get("group", ""), given.get("resource", "")),
        *(given.get("namespace", ""), given.get("name", "")),
    )
    subresource = given.get("subresource")
    return replace(wish, resource=f"{wish.resource}/{subresource}") if subresource else wish
