"""iam:SimulatePrincipalPolicy and iam:SimulateCustomPolicy: the evaluation of policies, asked for as such.

Source: IAM API reference, SimulatePrincipalPolicy, SimulateCustomPolicy and EvaluationResult. A context key has one
value here: of several, the first counts.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from wizard.federation.trust_conditions import Value
from wizard.sandbox.json_value import parsed

from ..directory import Directory
from ..errors import AwsRefusal, lacking, out_of_bounds
from ..handlers import Call, Handlers
from ..messages import Reply
from ..protocols import answer
from .decision import Decision, NamedPolicy, Policies, concerning, decide
from .document import Question

_KINDS = ("user", "group", "role")
_NONE = Policies()
_PAGE = 100
_LARGEST_PAGE = 1000
_MARKER = re.compile(r"[0-9]{1,9}")


class Simulation:
    """Answers the two actions from what the policies of an account say."""

    def __init__(
        self, directory: Directory, is_denied: Callable[[str, str], bool], clock: Callable[[], datetime]
    ) -> None:
        """`is_denied` tells whether the scenario denies an action (service:Name) to a caller (ARN)."""
        self._directory = directory
        self._is_denied = is_denied
        self._clock = clock
        self.handlers: Handlers = {
            ("iam", "SimulatePrincipalPolicy"): self._of_principal,
            ("iam", "SimulateCustomPolicy"): self._of_input,
        }

    def _of_principal(self, call: Call) -> Reply:
        arn = call.message.form.get("PolicySourceArn", "")
        own = self._policies(arn)
        given = _input(call, "PolicyInputList")
        boundary = _boundary(call) or own.boundary
        policies = Policies((*own.identity, *given), boundary)
        return self._answer(call, policies, self._principal_values(arn))

    def _of_input(self, call: Call) -> Reply:
        policies = Policies(_input(call, "PolicyInputList"), _boundary(call))
        caller = call.message.form.get("CallerArn")
        return self._answer(call, policies, {} if caller is None else self._principal_values(caller))

    def _policies(self, arn: str) -> Policies:
        """The policies of the user, group or role. Raises AwsRefusal if there is none with that ARN."""
        kind, _, name = arn.rpartition(":")[2].partition("/")
        if kind not in _KINDS or ":iam:" not in arn:
            raise AwsRefusal("InvalidInput", f"Invalid PolicySourceArn: {arn}", 400)
        found = self._directory.policies(arn)
        if found is None:
            raise AwsRefusal("NoSuchEntity", f"The {kind} with name {name.rpartition('/')[2]} cannot be found.", 404)
        return found

    def _principal_values(self, arn: str) -> dict[str, Value]:
        kind, _, name = arn.rpartition(":")[2].partition("/")
        values: dict[str, Value] = {"aws:PrincipalArn": arn}
        if kind == "user":
            values["aws:username"] = name.rpartition("/")[2]
        return values

    def _answer(self, call: Call, policies: Policies, values: Mapping[str, Value]) -> Reply:
        form = call.message.form
        if "ResourcePolicy" in form:
            raise lacking(f"iam:{call.action} with a resource policy")
        arn = form.get("PolicySourceArn", "")
        now = self._clock()
        moment: dict[str, Value] = {"aws:CurrentTime": now, "aws:EpochTime": str(int(now.timestamp()))}
        known = {**moment, **values, **_context(form)}
        results = [
            _result(_NONE if self._is_denied(arn, action) else policies, Question(action, resource, known))
            for action in _members(form, "ActionNames")
            for resource in _members(form, "ResourceArns") or ["*"]
        ]
        start, size = _page(form)
        page: dict[str, Any] = {"EvaluationResults": results[start : start + size]}
        page["IsTruncated"] = start + size < len(results)
        if page["IsTruncated"]:
            page["Marker"] = str(start + size)
        return answer(call.service, call.action, page)


def _result(policies: Policies, question: Question) -> dict[str, Any]:
    decision = decide(policies, question)
    result: dict[str, Any] = {
        "EvalActionName": question.action,
        "EvalResourceName": question.resource,
        "EvalDecision": decision.outcome,
        "MatchedStatements": [_matched(policy) for policy in decision.matched],
        "MissingContextValues": _missing(policies, question),
    }
    return {**result, **_boundary_detail(decision)}


def _matched(policy: NamedPolicy) -> dict[str, str]:
    # A managed policy goes by its name.
    return {"SourcePolicyId": policy.name.rpartition("/")[2], "SourcePolicyType": "IAM Policy"}


def _boundary_detail(decision: Decision) -> dict[str, Any]:
    if decision.within_boundary is None:
        return {}
    return {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": decision.within_boundary}}


def _missing(policies: Policies, question: Question) -> list[str]:
    """The condition keys that statements ask for and the simulation was not given."""
    known = {name.lower() for name in question.values}
    asked = [key for statement in concerning(policies, question) for key in statement.condition_keys()]
    return sorted({key for key in asked if key.lower() not in known})


def _input(call: Call, parameter: str) -> tuple[NamedPolicy, ...]:
    """The policies in the request itself. Raises AwsRefusal if one is not a policy."""
    documents = _members(call.message.form, parameter)
    for document in documents:
        if not _is_policy(document):
            raise AwsRefusal("InvalidInput", f"Invalid policy document in {parameter}", 400)
    return tuple(NamedPolicy(f"{parameter}.{number}", document) for number, document in enumerate(documents, 1))


def _boundary(call: Call) -> tuple[NamedPolicy, ...] | None:
    return _input(call, "PermissionsBoundaryPolicyInputList") or None


def _is_policy(document: str) -> bool:
    try:
        policy = parsed(document)
    except ValueError:
        return False
    return isinstance(policy, dict) and "Statement" in policy


def _members(form: Mapping[str, str], name: str) -> list[str]:
    """The items of a list parameter, in their order."""
    numbered = (f"{name}.member.{number}" for number in itertools.count(1))
    return [form[key] for key in itertools.takewhile(form.__contains__, numbered)]


def _context(form: Mapping[str, str]) -> dict[str, str]:
    """The context entries: condition key -> value. A key without a value is as one that is not given."""
    found: dict[str, str] = {}
    number = 1
    while (name := f"ContextEntries.member.{number}.ContextKeyName") in form:
        values = _members(form, f"ContextEntries.member.{number}.ContextKeyValues")
        if values:
            found[form[name]] = values[0]
        number += 1
    return found


def _page(form: Mapping[str, str]) -> tuple[int, int]:
    """Where the page starts, and how many results it has. Raises AwsRefusal."""
    size = form.get("MaxItems", str(_PAGE))
    if not size.isdigit() or not 1 <= int(size) <= _LARGEST_PAGE:
        constraint = f"Member must have value between 1 and {_LARGEST_PAGE}"
        raise out_of_bounds(size, "maxItems", constraint)
    marker = form.get("Marker", "0")
    if not _MARKER.fullmatch(marker):
        raise AwsRefusal("InvalidInput", f"Invalid Marker: {marker}", 400)
    return int(marker), int(size)
