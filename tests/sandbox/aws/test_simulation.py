"""iam:SimulatePrincipalPolicy and iam:SimulateCustomPolicy say what the sandbox then does."""

from typing import Any

import pytest

from tests.sandbox.aws.people import USER, allow, deny, document, user
from tests.sandbox.aws.served import ACCOUNT, Account, refusal

ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
OPERATOR = f"arn:aws:iam::{ACCOUNT}:user/operator"


def simulated(account: Account, arn: str, *actions: str, **parameters: Any) -> list[dict[str, Any]]:
    call = account.client("iam").simulate_principal_policy
    results: list[dict[str, Any]] = call(PolicySourceArn=arn, ActionNames=list(actions), **parameters)[
        "EvaluationResults"
    ]
    return results


def decisions(results: list[dict[str, Any]]) -> list[str]:
    return [result["EvalDecision"] for result in results]


def test_a_principal_s_policies_are_simulated(account: Account) -> None:
    user(account, allow("iam:*"), deny("iam:DeleteRole"))
    results = simulated(account, USER, "iam:GetRole", "iam:DeleteRole", "ecs:RunTask")
    assert decisions(results) == ["allowed", "explicitDeny", "implicitDeny"]
    assert [result["EvalResourceName"] for result in results] == ["*"] * 3
    assert [statement["SourcePolicyId"] for statement in results[0]["MatchedStatements"]] == ["own"]
    assert results[2]["MatchedStatements"] == []
    assert decisions(simulated(account, OPERATOR, "batch:SubmitJob")) == ["allowed"]


def test_a_resource_is_simulated(account: Account) -> None:
    user(account, allow("iam:GetRole", ROLE))
    resources = [ROLE, ROLE + "2"]
    results = simulated(account, USER, "iam:GetRole", ResourceArns=resources)
    assert [(result["EvalResourceName"], result["EvalDecision"]) for result in results] == [
        (ROLE, "allowed"),
        (ROLE + "2", "implicitDeny"),
    ]


def test_a_missing_context_key_is_named(account: Account) -> None:
    passed = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    user(account, allow("iam:PassRole", Condition=passed))
    result = simulated(account, USER, "iam:PassRole")[0]
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("implicitDeny", ["iam:PassedToService"])
    entry = {
        "ContextKeyName": "iam:PassedToService",
        "ContextKeyType": "string",
        "ContextKeyValues": ["ecs-tasks.amazonaws.com"],
    }
    result = simulated(account, USER, "iam:PassRole", ContextEntries=[entry])[0]
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("allowed", [])


def test_a_permissions_boundary_is_simulated(account: Account) -> None:
    user(account, allow("*"))
    boundary = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"
    account.client("iam").put_user_permissions_boundary(UserName="worker", PermissionsBoundary=boundary)
    results = simulated(account, USER, "iam:GetRole", "iam:CreateRole")
    assert decisions(results) == ["allowed", "implicitDeny"]
    within = [result["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"] for result in results]
    assert within == [True, False]


def test_policies_in_the_request_are_simulated(account: Account) -> None:
    call = account.client("iam").simulate_custom_policy
    policies = [document(allow("s3:*")), document(deny("s3:DeleteObject"))]
    answer = call(PolicyInputList=policies, ActionNames=["s3:GetObject", "s3:DeleteObject", "ec2:RunInstances"])
    assert decisions(answer["EvaluationResults"]) == ["allowed", "explicitDeny", "implicitDeny"]
    sources = [statement["SourcePolicyId"] for statement in answer["EvaluationResults"][1]["MatchedStatements"]]
    assert sources == ["PolicyInputList.2"]
    limited = call(
        PolicyInputList=policies,
        PermissionsBoundaryPolicyInputList=[document(allow("s3:List*"))],
        ActionNames=["s3:GetObject"],
    )
    assert decisions(limited["EvaluationResults"]) == ["implicitDeny"]


def test_the_results_come_in_pages(account: Account) -> None:
    actions = [f"iam:GetThing{number}" for number in range(5)]
    client = account.client("iam")
    first = client.simulate_principal_policy(PolicySourceArn=OPERATOR, ActionNames=actions, MaxItems=2)
    assert (len(first["EvaluationResults"]), first["IsTruncated"]) == (2, True)
    pages = client.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=OPERATOR, ActionNames=actions, PaginationConfig={"PageSize": 2}
    )
    names = [result["EvalActionName"] for page in pages for result in page["EvaluationResults"]]
    assert names == actions


@pytest.mark.parametrize("kind", ["user", "role", "group"])
def test_a_principal_that_does_not_exist_cannot_be_simulated(account: Account, kind: str) -> None:
    call = account.client("iam").simulate_principal_policy
    arn = f"arn:aws:iam::{ACCOUNT}:{kind}/nobody"
    text = f"The {kind} with name nobody cannot be found."
    assert refusal(call, PolicySourceArn=arn, ActionNames=["iam:GetRole"]) == ("NoSuchEntity", text, 404)


def test_what_is_simulated_is_what_happens(account: Account) -> None:
    key = user(account, allow("iam:List*"), deny("iam:ListUsers"))
    iam = account.client("iam", key)
    calls = {
        "iam:ListRoles": iam.list_roles,
        "iam:ListUsers": iam.list_users,
        "iam:GetAccountSummary": iam.get_account_summary,
    }
    for action, call in calls.items():
        if decisions(simulated(account, USER, action)) == ["allowed"]:
            assert call()
        else:
            assert refusal(call)[0] == "AccessDenied"


def test_the_caller_needs_the_permission_to_simulate(account: Account) -> None:
    call = account.client("iam", user(account)).simulate_principal_policy
    answer = refusal(call, PolicySourceArn=USER, ActionNames=["iam:GetRole"])
    assert f"iam:SimulatePrincipalPolicy on resource: {USER} because" in answer[1]
