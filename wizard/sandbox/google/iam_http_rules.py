"""The HTTP rules of google.iam.admin.v1.IAM, which its client library does not carry, since it speaks gRPC only.

Source: IAM API reference, v1. A method may have several rules; the first one that fits a request is taken.
"""

ACCOUNT = "{name=projects/*/serviceAccounts/*}"
KEY = "{name=projects/*/serviceAccounts/*/keys/*}"
RESOURCE = "{resource=projects/*/serviceAccounts/*}"
OWNERS = ("projects/*", "organizations/*")
"""What can have roles of its own."""


def _rule(method: str, uri: str, body: str = "") -> dict[str, str]:
    rule = {"method": method, "uri": f"/v1/{uri}"}
    return {**rule, "body": body} if body else rule


def _post(uri: str) -> list[dict[str, str]]:
    return [_rule("post", uri, "*")]


HTTP_RULES: dict[str, list[dict[str, str]]] = {
    "ListServiceAccounts": [_rule("get", "{name=projects/*}/serviceAccounts")],
    "GetServiceAccount": [_rule("get", ACCOUNT)],
    "CreateServiceAccount": _post("{name=projects/*}/serviceAccounts"),
    "UpdateServiceAccount": [_rule("put", ACCOUNT, "*")],
    "PatchServiceAccount": [_rule("patch", "{service_account.name=projects/*/serviceAccounts/*}", "*")],
    "DeleteServiceAccount": [_rule("delete", ACCOUNT)],
    "UndeleteServiceAccount": _post(f"{ACCOUNT}:undelete"),
    "EnableServiceAccount": _post(f"{ACCOUNT}:enable"),
    "DisableServiceAccount": _post(f"{ACCOUNT}:disable"),
    "ListServiceAccountKeys": [_rule("get", f"{ACCOUNT}/keys")],
    "GetServiceAccountKey": [_rule("get", KEY)],
    "CreateServiceAccountKey": _post(f"{ACCOUNT}/keys"),
    "UploadServiceAccountKey": _post(f"{ACCOUNT}/keys:upload"),
    "DeleteServiceAccountKey": [_rule("delete", KEY)],
    "EnableServiceAccountKey": _post(f"{KEY}:enable"),
    "DisableServiceAccountKey": _post(f"{KEY}:disable"),
    "SignBlob": _post(f"{ACCOUNT}:signBlob"),
    "SignJwt": _post(f"{ACCOUNT}:signJwt"),
    "GetIamPolicy": _post(f"{RESOURCE}:getIamPolicy"),
    "SetIamPolicy": _post(f"{RESOURCE}:setIamPolicy"),
    "TestIamPermissions": _post(f"{RESOURCE}:testIamPermissions"),
    "QueryGrantableRoles": _post("roles:queryGrantableRoles"),
    "ListRoles": [*(_rule("get", f"{{parent={owner}}}/roles") for owner in OWNERS), _rule("get", "roles")],
    "GetRole": [_rule("get", "{name=roles/*}"), *(_rule("get", f"{{name={owner}/roles/*}}") for owner in OWNERS)],
    "CreateRole": [_rule("post", f"{{parent={owner}}}/roles", "*") for owner in OWNERS],
    "UpdateRole": [_rule("patch", f"{{name={owner}/roles/*}}", "role") for owner in OWNERS],
    "DeleteRole": [_rule("delete", f"{{name={owner}/roles/*}}") for owner in OWNERS],
    "UndeleteRole": [_rule("post", f"{{name={owner}/roles/*}}:undelete", "*") for owner in OWNERS],
    "QueryTestablePermissions": _post("permissions:queryTestablePermissions"),
    "QueryAuditableServices": _post("iamPolicies:queryAuditableServices"),
    "LintPolicy": _post("iamPolicies:lintPolicy"),
}
