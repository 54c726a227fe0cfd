"""Resource Manager, version 1: the organization policies that hold for a project. No world here sets one."""

from wizard.sandbox.json_value import JSON

from .calls import Call, Route
from .errors import INVALID_ARGUMENT, invalid, lacking, no_permission

TOKEN_LIFETIME = "constraints/iam.allowServiceAccountCredentialLifetimeExtension"


def effective(call: Call) -> JSON:
    """projects.getEffectiveOrgPolicy: the default of the constraint, which lists no service account."""
    project = call.project(call.params["project"])
    call.require("orgpolicy.policy.get", project, refusal=no_permission)
    constraint = call.document().get("constraint")
    if not isinstance(constraint, str) or not constraint.startswith("constraints/"):
        raise invalid(INVALID_ARGUMENT)
    if constraint != TOKEN_LIFETIME:
        raise lacking(f"organization policy {constraint}")
    return {"constraint": constraint, "listPolicy": {"allValues": "DENY"}}


ROUTES = [Route("POST", "/v1/projects/{project}:getEffectiveOrgPolicy", effective, "read", body=("constraint",))]
