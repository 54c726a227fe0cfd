"""ValidatingAdmissionPolicies: expressions of a cluster's own that new and changed objects must meet.

Source: Kubernetes documentation, "Validating Admission Policy". Parameters and authorizer checks are not evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_strings

from .kinds import ADMISSION_BINDING, ADMISSION_POLICY, NAMESPACE, Kind, Object
from .selectors import by_object, labels
from .state import KubernetesState
from .status import ApiError, Cause, forbidden

_VARIABLES = ("object", "oldObject", "request", "namespaceObject", "params", "variables")
_CODES = {"Unauthorized": 401, "Forbidden": 403, "RequestEntityTooLarge": 413, "Invalid": 422}


def check(state: KubernetesState, kind: Kind, item: Object, before: Object | None) -> None:
    """Refuse an object that a policy denies. Raises ApiError with the policy's reason, 422 if it names none."""
    for binding in state.store.peek_all(ADMISSION_BINDING):
        policy = state.store.peek(ADMISSION_POLICY, "", str(binding["spec"].get("policyName")))
        denies = "Deny" in (binding["spec"].get("validationActions") or ["Deny"])
        if policy is None or not denies or not _concerns(state, policy, binding, kind, item, before):
            continue
        said, reason = _denial(policy["spec"], _activation(state, kind, item, before))
        if said:
            named = policy["metadata"]["name"], binding["metadata"]["name"]
            why = "ValidatingAdmissionPolicy '{}' with binding '{}' denied request: {}".format(*named, said)
            refusal = forbidden(kind, item["metadata"]["name"], why)
            details = {**(refusal.details or {}), "causes": [{"message": why}]}
            raise ApiError(_CODES.get(reason, 422), reason, refusal.message, details)


def problems(policy: Object) -> Iterator[Cause]:
    """What is wrong with the expressions of a policy."""
    for index, validation in enumerate(policy["spec"].get("validations") or []):
        try:
            _compiled(str(validation.get("expression", "")))
        except RuntimeError as error:
            said = f'Invalid value: "{validation.get("expression", "")}": compilation failed: {error}'
            yield Cause(f"spec.validations[{index}].expression", "FieldValueInvalid", said)


def _concerns(
    state: KubernetesState, policy: Object, binding: Object, kind: Kind, item: Object, before: Object | None
) -> bool:
    operation = "CREATE" if before is None else "UPDATE"
    for match in (policy["spec"].get("matchConstraints") or {}, binding["spec"].get("matchResources") or {}):
        rules = match.get("resourceRules")
        if rules and not any(_rule_matches(rule, kind, operation) for rule in rules):
            return False
        if not by_object(match.get("objectSelector") or {}, labels(item)):
            return False
        namespace = _namespace(state, item)
        if namespace and not by_object(match.get("namespaceSelector") or {}, labels(namespace)):
            return False
    return True


def _rule_matches(rule: Mapping[str, Any], kind: Kind, operation: str) -> bool:
    pairs = (
        ("apiGroups", kind.group),
        ("apiVersions", kind.version),
        ("operations", operation),
        ("resources", kind.plural),
    )
    return all({value, "*"} & set(rule.get(name) or ()) for name, value in pairs)


def _denial(spec: Object, activation: dict[str, Any]) -> tuple[str, str]:
    """The message and the reason of the first expression that does not hold; empty if all do."""
    ignores = spec.get("failurePolicy") == "Ignore"
    try:
        for variable in spec.get("variables") or []:
            value = _evaluate(variable["expression"], activation)
            activation["variables"] = {**activation["variables"], variable["name"]: value}
        for condition in spec.get("matchConditions") or []:
            if _evaluate(condition["expression"], activation) is not True:
                return "", ""
        for validation in spec.get("validations") or []:
            if _evaluate(validation["expression"], activation) is not True:
                return _message(validation, activation), str(validation.get("reason") or "Invalid")
    except (RuntimeError, ValueError) as error:
        return ("", "") if ignores else (str(error), "Invalid")
    return "", ""


def _message(validation: Object, activation: dict[str, Any]) -> str:
    if validation.get("messageExpression"):
        return str(_evaluate(validation["messageExpression"], activation))
    return str(validation.get("message") or f"failed expression: {validation['expression'].strip()}")


def _evaluate(expression: str, activation: dict[str, Any]) -> Any:
    value = _compiled(expression).eval(data=activation)
    if value.type() == cel.Type.ERROR:
        raise ValueError(f"expression '{expression.strip()}' resulted in error: {value.value()}")
    return value.plain_value()


def _activation(state: KubernetesState, kind: Kind, item: Object, before: Object | None) -> dict[str, Any]:
    names = {"group": kind.group, "version": kind.version}
    request = {
        "operation": "CREATE" if before is None else "UPDATE",
        "name": item["metadata"]["name"],
        "namespace": item["metadata"].get("namespace", ""),
        "kind": {**names, "kind": kind.kind},
        "resource": {**names, "resource": kind.plural},
    }
    namespace = _namespace(state, item)
    given = {"object": item, "oldObject": before, "request": request, "namespaceObject": namespace}
    return {**given, "params": None, "variables": {}}


def _namespace(state: KubernetesState, item: Object) -> Object | None:
    name = item["metadata"].get("namespace")
    return state.store.peek(NAMESPACE, "", name) if name else None


@cache
def _compiled(expression: str) -> Any:
    return _environment().compile(expression)


@cache
def _environment() -> Any:
    return cel.NewEnv(variables=dict.fromkeys(_VARIABLES, cel.Type.DYN), extensions=[ext_strings.ExtStrings()])
