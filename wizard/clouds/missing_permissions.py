"""Names the permission that a refused call needs, where the cloud's own message does not.

Source: the reference page of each method, "IAM permissions".
"""

from __future__ import annotations

import re

from wizard.clouds.errors import CloudError
from wizard.language import _

_MANAGER, _USAGE = "cloudresourcemanager.googleapis.com", "serviceusage.googleapis.com"
_IAM, _LOGGING = "iam.googleapis.com", "logging.googleapis.com"


def _searching(target: str) -> re.Pattern[str]:
    """Return the search for the policies that are bound to a target."""
    return re.compile(rf"GET /v3.*/policyBindings:searchTargetPolicyBindings\?target={target}.*")


_NEEDED = (
    (_LOGGING, re.compile(r"POST /v2/entries:list"), "logging.logEntries.list"),
    (_MANAGER, re.compile(r"POST /v\d+/projects/[^/:]+:getIamPolicy"), "resourcemanager.projects.getIamPolicy"),
    (_MANAGER, re.compile(r"POST /v\d+/folders/[^/:]+:getIamPolicy"), "resourcemanager.folders.getIamPolicy"),
    (_MANAGER, re.compile(r"POST /v\d+/organizations/\d+:getIamPolicy"), "resourcemanager.organizations.getIamPolicy"),
    (_MANAGER, re.compile(r"GET /v\d+/projects/[^/:]+"), "resourcemanager.projects.get"),
    (_USAGE, re.compile(r"GET /v\d+/projects/[^/]+/services/[^/:]+"), "serviceusage.services.get"),
    (_USAGE, re.compile(r"GET /v\d+/projects/[^/]+/services(:batchGet)?"), "serviceusage.services.list"),
    (_IAM, re.compile(r"GET /v2/policies/[^/]+/denypolicies(\?.*)?"), "iam.denypolicies.list"),
    (_IAM, re.compile(r"GET /v2/policies/[^/]+/denypolicies/[^/]+"), "iam.denypolicies.get"),
    (_IAM, re.compile(r"GET /v3/.*/principalAccessBoundaryPolicies/[^/]+"), "iam.principalaccessboundarypolicies.get"),
    (_IAM, re.compile(r"GET /v3beta/.*/accessPolicies/[^/]+"), "iam.accesspolicies.get"),
    (_IAM, _searching("//iam"), "iam.workloadIdentityPools.searchPolicyBindings"),
    (_IAM, _searching("//cloudresourcemanager[^/]*/projects"), "resourcemanager.projects.searchPolicyBindings"),
    (_IAM, _searching("//cloudresourcemanager[^/]*/folders"), "resourcemanager.folders.searchPolicyBindings"),
    (_IAM, _searching("//cloudresourcemanager[^/]*/organ"), "resourcemanager.organizations.searchPolicyBindings"),
)
"""The service and the calls, and the permission that each of them needs."""

_NAMED = re.compile(r"[a-z]+\.[A-Za-z]+\.[A-Za-z]+")
_MISSING = "{message} (missing permission: {permission})"


def words(error: CloudError) -> str:
    """Return the message of an error, with the permission that is missing if the message does not name it."""
    if error.status != 403 or _NAMED.search(error.message):
        return error.message
    for service, calls, permission in _NEEDED:
        if error.service == service and calls.fullmatch(error.operation):
            return _(_MISSING).format(message=error.message, permission=permission)
    return error.message
