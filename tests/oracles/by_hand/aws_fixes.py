"""Broken worlds for the fixes of the live test of workloads on AWS."""

import json
from collections.abc import Callable
from typing import Any

from tests.oracles.by_hand import aws_worlds as aws
from tests.oracles.by_hand.copies import Copy
from tests.oracles.by_hand.fixes import Broken
from tests.oracles.by_hand.worlds import Json
from wizard.clouds.session import Clouds
from wizard.modes.access import IMPERSONATE

DIRECT, THROUGH = aws.setup(), aws.setup(access=aws.THROUGH)
OWN = aws.setup(google={"provider": "aws-own"})
OWN_THROUGH = aws.setup(google={"provider": "aws-own"}, access=aws.THROUGH)
EMAIL = f"bq-loader@{aws.PROJECT}.iam.gserviceaccount.com"
POOL = f"/v1/projects/{aws.PROJECT}/locations/global/workloadIdentityPools/{aws.POOL}"
PROVIDER = f"{POOL}/providers/{aws.PROVIDER}"
RIGHT = f"arn:aws:sts::{aws.ACCOUNT}:assumed-role/rds-to-bigquery"
ROLES = ("roles/bigquery.dataEditor", "roles/bigquery.jobUser")
ELSEWHERE = {"title": "elsewhere", "expression": "resource.name == 'somewhere'"}

VALUES = {
    "iam": f"arn:aws:iam::{aws.ACCOUNT}:role/rds-to-bigquery",
    "path": f"arn:aws:sts::{aws.ACCOUNT}:assumed-role/team/rds-to-bigquery",
    "session": f"{RIGHT}/i-0123456789",
    "case": RIGHT.replace("rds", "RDS"),
    "account": RIGHT.replace(aws.ACCOUNT, "999988887777"),
    "partition": RIGHT.replace("arn:aws:", "arn:aws-cn:"),
    "short": "rds-to-bigquery",
    "spelling": f"{RIGHT} ",
}
"""What people write instead of the role, by the kind of near miss."""

SETS = f"principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/{aws.POOL}"
MEMBERS = {kind: f"{SETS}/attribute.aws_role/{value}" for kind, value in VALUES.items() if kind != "spelling"} | {
    "spelling": f"{SETS}/attribute.aws_role/{RIGHT}/",
    "project-id": aws.PRINCIPAL.replace("123456789012", aws.PROJECT),
    "project": aws.PRINCIPAL.replace("123456789012", "999999999999"),
    "pool": aws.PRINCIPAL.replace(aws.POOL, "aws-test"),
    "unmapped": f"{SETS}/attribute.role/{RIGHT}",
    "scheme": aws.PRINCIPAL.replace("principalSet", "principal"),
}
"""Members that people write instead of the workload's, by the kind of near miss."""

_SEEN = [{"role": "roles/browser", "members": list(MEMBERS.values())}]
SCENARIO = aws.scenario(
    {**aws.IAM_ON, "policy": _SEEN, "service_accounts": [{"id": "bq-loader", "policy": _SEEN}]}, more=[aws.LEDGER]
)
"""The world of these rows. The wrong members are there already: Google Cloud refuses some of them when they are new."""


def provider(**fields: Any) -> Callable[[Clouds, Copy], object]:
    """Return how fields of the provider are set."""
    mask = {"updateMask": ",".join(fields)}
    return lambda clouds, _: clouds.google.call("iam", "PATCH", PROVIDER, fields, mask)


def condition(value: str) -> Callable[[Clouds, Copy], object]:
    """Return how the condition is set to one value of the role."""
    return provider(attributeCondition=f"attribute.aws_role == {value!r}")


def delete(path: str) -> Callable[[Clouds, Copy], object]:
    """Return how something is deleted in IAM."""
    return lambda clouds, _: clouds.google.call("iam", "DELETE", path)


def disable_pool(clouds: Clouds, _: Copy) -> object:
    """Disable the pool."""
    return clouds.google.call("iam", "PATCH", POOL, {"disabled": True}, {"updateMask": "disabled"})


def disable_account(clouds: Clouds, _: Copy) -> object:
    """Disable the service account."""
    return clouds.google.call("iam", "POST", f"/v1/projects/{aws.PROJECT}/serviceAccounts/{EMAIL}:disable", {})


def disable_sts(clouds: Clouds, _: Copy) -> object:
    """Disable an API that the test needs."""
    path = f"/v1/projects/{aws.PROJECT}/services/sts.googleapis.com:disable"
    return clouds.google.call("serviceusage", "POST", path, {})


def on_project(*members: str, condition: Json | None = None) -> Callable[[Clouds, Copy], None]:
    """Return how the wanted roles are given to these members only."""

    def change(clouds: Clouds, _: Copy) -> None:
        path = f"/v1/projects/{aws.PROJECT}"
        asked = {"options": {"requestedPolicyVersion": 3}}
        policy = clouds.google.call("cloudresourcemanager", "POST", f"{path}:getIamPolicy", asked)
        kept = [binding for binding in policy["bindings"] if binding["role"] not in ROLES]
        ours = [_binding(role, members, condition) for role in ROLES if members]
        policy |= {"bindings": kept + ours, "version": 3}
        clouds.google.call("cloudresourcemanager", "POST", f"{path}:setIamPolicy", {"policy": policy})

    return change


def on_account(*members: str, condition: Json | None = None, role: str = IMPERSONATE) -> Callable[[Clouds, Copy], None]:
    """Return how the right to impersonate the service account is given to these members only."""

    def change(clouds: Clouds, _: Copy) -> None:
        policy = clouds.google_iam.get_policy(aws.PROJECT, EMAIL)
        kept = [binding for binding in policy.get("bindings", ()) if not binding["role"].startswith("roles/iam.")]
        ours = [_binding(role, members, condition)] if members else []
        clouds.google_iam.set_policy(aws.PROJECT, EMAIL, policy | {"bindings": kept + ours, "version": 3})

    return change


def _binding(role: str, members: tuple[str, ...], condition: Json | None) -> Json:
    binding: Json = {"role": role, "members": list(members)}
    return binding | {"condition": condition} if condition else binding


def trust(*statements: Json) -> Callable[[Clouds, Copy], object]:
    """Return how the trust policy of the role is replaced."""
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return lambda clouds, _: clouds.aws.call(
        "iam", "update_assume_role_policy", RoleName="rds-to-bigquery", PolicyDocument=document
    )


def delete_role(clouds: Clouds, _: Copy) -> object:
    """Delete the role on AWS."""
    return clouds.aws.call("iam", "delete_role", RoleName="rds-to-bigquery")


def other_type(clouds: Clouds, world: Copy) -> None:
    """Name a provider for OIDC in the setup, and in the credential configuration."""
    body = {"oidc": {"issuerUri": "https://issuer.example"}, "attributeMapping": {"google.subject": "assertion.sub"}}
    clouds.google.call("iam", "POST", f"{POOL}/providers", body, {"workloadIdentityPoolProviderId": "of-oidc"})
    world.setup.write_text(aws.setup(google={"provider": "of-oidc"}), encoding="utf-8")
    file = world.folder / aws.FILE
    file.write_text(file.read_text(encoding="utf-8").replace(aws.PROVIDER, "of-oidc"), encoding="utf-8")


def unknown_role(_: Clouds, world: Copy) -> object:
    """Name a role in the setup that does not exist."""
    text = DIRECT.replace("roles/bigquery.jobUser", f"projects/{aws.PROJECT}/roles/gone")
    return world.setup.write_text(text, encoding="utf-8")


def deleted_role(clouds: Clouds, world: Copy) -> None:
    """Name a custom role in the setup that somebody has deleted."""
    roles, role = (
        f"/v1/projects/{aws.PROJECT}/roles",
        {"title": "gone", "includedPermissions": ["bigquery.jobs.create"]},
    )
    clouds.google.call("iam", "POST", roles, {"roleId": "gone", "role": role})
    clouds.google.call("iam", "DELETE", f"{roles}/gone")
    unknown_role(clouds, world)


def on_the_account_itself(clouds: Clouds, world: Copy) -> None:
    """Grant the wanted roles on the service account, and not on the project."""
    on_project()(clouds, world)
    policy = clouds.google_iam.get_policy(aws.PROJECT, EMAIL)
    policy["bindings"] += [_binding(role, (f"serviceAccount:{EMAIL}",), None) for role in ROLES]
    clouds.google_iam.set_policy(aws.PROJECT, EMAIL, policy)


def on_the_pools_project(clouds: Clouds, world: Copy) -> None:
    """Grant the wanted roles on the pool's project, and not on the target."""
    on_project()(clouds, world)
    path, member = "/v1/projects/acme-ledger", aws.PRINCIPAL.replace("123456789012", "210987654321")
    policy = clouds.google.call("cloudresourcemanager", "POST", f"{path}:getIamPolicy", {})
    policy["bindings"] += [_binding(role, (member,), None) for role in ROLES]
    clouds.google.call("cloudresourcemanager", "POST", f"{path}:setIamPolicy", {"policy": policy})


LAMBDA_ONLY = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
TOO_LONG = {"google.subject": "assertion.arn + assertion.arn + assertion.arn"}
FULL = " || ".join(["false"] * 450)
BY_NAME = {"google.subject": "assertion.arn", "attribute.aws_role": "assertion.arn.extract('assumed-role/{role}/')"}
BY_SESSION = {"google.subject": "assertion.arn", "attribute.aws_role": "assertion.arn"}
OF_LEDGER = aws.setup(google={"pool_project": "acme-ledger"})

NEAR_CONDITIONS = {
    "iam": "contains the ARN of the IAM role",
    "path": "contains the role with its path",
    "session": "contains the name of one session",
    "case": "conditions are case-sensitive",
    "account": "names the role in another AWS account",
    "partition": "names the role in another AWS partition",
    "short": "contains the name of the role",
    "spelling": "with a stray character",
}
"""Words of the cause, by the kind of near miss in the condition."""

NEAR_MEMBERS = {
    "iam": "which contains the ARN of the IAM role",
    "path": "which contains the path of the IAM role",
    "session": "which contains the name of one session",
    "case": "only in letter case",
    "account": "which is in a different AWS account",
    "partition": "which is in a different AWS partition",
    "short": "which contains the name of the IAM role",
    "spelling": "which has a stray character",
    "project-id": "which contains the project ID",
    "project": "whose pool is in a different project",
    "pool": "whose workload identity pool is not the workload's pool",
    "unmapped": "does not define the member's attribute",
    "scheme": "a member with a subject must start with principal://",
}
"""Words of the cause, by the kind of near miss in a policy."""

FIXES = (
    Broken("the provider is for {provider_type}", "exchange", other_type, DIRECT, "apply", DIRECT),
    Broken(
        "condition rejects {arn}",
        "exchange",
        provider(attributeCondition=FULL),
        DIRECT,
        "apply",
        OWN,
    ),
    Broken(
        "{no_member}",
        "permission",
        provider(attributeMapping=BY_SESSION, attributeCondition=f"assertion.account == '{aws.ACCOUNT}'"),
        DIRECT,
        "apply",
        OWN,
    ),
    Broken(
        "contains an ARN, {condition_wrong}",
        "exchange",
        provider(attributeMapping=BY_NAME, attributeCondition=f"attribute.aws_role == '{RIGHT}'"),
        DIRECT,
        alone=True,
    ),
    *(
        Broken(
            "{near_member}, which contains an ARN",
            hop,
            provider(attributeMapping=BY_NAME, attributeCondition="attribute.aws_role == 'rds-to-bigquery'"),
            setup,
            alone=True,
        )
        for hop, setup in (("permission", DIRECT), ("impersonation", THROUGH))
    ),
    Broken("the role {role} does not exist", "permission", unknown_role, DIRECT, "look"),
    Broken("the role {role} was deleted", "permission", deleted_role, DIRECT, "look"),
    Broken(
        "the service account {service_account} has no role on the target of the test, only on other resources",
        "permission",
        on_the_account_itself,
        THROUGH,
    ),
    Broken(
        "the workload has no role on the target of the test, only on other resources",
        "permission",
        on_the_pools_project,
        OF_LEDGER,
    ),
    Broken("the API {service} is disabled", "exchange", disable_sts, DIRECT),
    Broken("pool is deleted", "exchange", delete(POOL), DIRECT, fixed=True),
    Broken("pool is disabled", "exchange", disable_pool, DIRECT),
    Broken("the provider is deleted", "exchange", delete(PROVIDER), DIRECT),
    Broken("the provider is disabled", "exchange", provider(disabled=True), DIRECT),
    Broken("condition rejects {arn}", "exchange", provider(attributeCondition="false"), DIRECT),
    Broken(
        "condition uses {unmapped}", "exchange", provider(attributeCondition="attribute.team == 'it\\'s, $x'"), DIRECT
    ),
    *(Broken(cause, "exchange", condition(VALUES[kind]), DIRECT) for kind, cause in NEAR_CONDITIONS.items()),
    Broken("the token is valid, but the workload does not have", "permission", on_project(), DIRECT, fixed=True),
    Broken("but {service_account} does not have {missing}", "permission", on_project(), THROUGH, alone=True),
    Broken("but the workload calls the target as", "permission", on_project(aws.PRINCIPAL), THROUGH),
    Broken(
        "is not effective: {conditional}",
        "permission",
        on_project(aws.PRINCIPAL, condition=aws.FOR_A_WHILE),
        DIRECT,
    ),
    Broken("{conditional}", "permission", on_project(aws.PRINCIPAL, condition=ELSEWHERE), DIRECT),
    *(Broken(cause, "permission", on_project(MEMBERS[kind]), DIRECT) for kind, cause in NEAR_MEMBERS.items()),
    Broken("is disabled, so no workload can act as this account", "impersonation", disable_account, THROUGH),
    Broken(
        "but this role does not give permission",
        "impersonation",
        on_account(aws.PRINCIPAL, role="roles/iam.serviceAccountUser"),
        THROUGH,
    ),
    Broken("no principal has roles/iam", "impersonation", on_account(), THROUGH, fixed=True),
    Broken("is granted only to", "impersonation", on_account(f"serviceAccount:{EMAIL}"), THROUGH),
    Broken("is granted to {members}, but not", "impersonation", on_account("user:operator@acme.example"), THROUGH),
    Broken(
        "to impersonate {service_account}: {conditional}",
        "impersonation",
        on_account(aws.PRINCIPAL, condition=aws.FOR_A_WHILE),
        THROUGH,
    ),
    Broken("{conditional}", "impersonation", on_account(aws.PRINCIPAL, condition=ELSEWHERE), THROUGH),
    *(Broken(cause, "impersonation", on_account(MEMBERS[kind]), THROUGH) for kind, cause in NEAR_MEMBERS.items()),
    Broken(
        "the provider is for AWS account", "exchange", provider(aws={"accountId": "999988887777"}), DIRECT, "apply", OWN
    ),
    Broken("is longer than 127 bytes", "exchange", provider(attributeMapping=TOO_LONG), DIRECT, "apply", OWN),
    Broken(
        "does not let {aws_service} assume the role", "aws-credentials", trust(LAMBDA_ONLY), DIRECT, "apply", fixed=True
    ),
    Broken("{withheld}", "aws-credentials", delete_role, DIRECT, "apply"),
    Broken(
        "does not find the service account {service_account}",
        "impersonation",
        delete(f"/v1/projects/{aws.PROJECT}/serviceAccounts/{EMAIL}"),
        THROUGH,
        "apply",
    ),
)
