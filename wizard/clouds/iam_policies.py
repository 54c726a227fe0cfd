"""Read, write and test the IAM policy of any resource that roles can be granted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from wizard.clouds import dataset_access, retrying
from wizard.clouds.google import EncodedPath, Google
from wizard.setup.resource_types import DATASET, ResourceName

Json = dict[str, Any]

_READ = {"options": {"requestedPolicyVersion": 3}}
_ACCESS_VERSION = {"accessPolicyVersion": "3"}


@dataclass(frozen=True)
class TestingCall:
    """The call that tests permissions: `path` follows the base URL of `api`. GET has them in the query."""

    api: str
    method: str
    path: str


def get_policy(google: Google, on: ResourceName, retry_for: float = retrying.RETRY_FOR) -> Json:
    """Return the policy in version 3, with its etag. Raises CloudError."""
    if on.type.shape == "storage":
        query = {"optionsRequestedPolicyVersion": "3"}
        policy = google.call(on.type.api, "GET", _storage_path(on, "iam"), query=query, retry_for=retry_for)
        policy["etag"]  # without its etag, a policy would overwrite the grants of others
    elif on.type.shape == "dataset":
        dataset = google.call(on.type.api, "GET", f"/{on.name}", query=_ACCESS_VERSION, retry_for=retry_for)
        return dataset_access.policy_of(dataset)
    elif on.type.version_in_query:
        query, method = {"options.requestedPolicyVersion": "3"}, on.type.reads_with
        policy = google.call(on.type.api, method, _path(on, "getIamPolicy"), query=query, retry_for=retry_for)
    else:
        policy = google.call(on.type.api, "POST", _path(on, "getIamPolicy"), _READ, retry_for=retry_for)
    return policy


def set_policy(google: Google, on: ResourceName, policy: Json) -> None:
    """Write a policy that `get_policy` returned, changed. Raises CloudError: 409 or 412 if others changed it since."""
    if on.type.shape == "storage":
        google.call(on.type.api, "PUT", _storage_path(on, "iam"), policy)
    elif on.type.shape == "dataset":
        body, match = {"access": dataset_access.access_of(policy)}, {"If-Match": str(policy["etag"])}
        google.call(on.type.api, "PATCH", f"/{on.name}", body, _ACCESS_VERSION, headers=match)
    else:
        google.call(on.type.api, "POST", _path(on, "setIamPolicy"), {"policy": policy})


def testing_call(on: ResourceName) -> TestingCall:
    """Return the call that tests permissions on a resource, which must not be a dataset: those have none."""
    if on.type.shape == "storage":
        return TestingCall(on.type.api, "GET", str(_storage_path(on, "iam/testPermissions")))
    return TestingCall(on.type.api, "POST", _path(on, "testIamPermissions"))


def held_permissions(google: Google, on: ResourceName, permissions: Sequence[str]) -> frozenset[str]:
    """Return which of the permissions the operator has on a resource. Raises CloudError.

    What a dataset gives is not tested, but what its project gives.
    """
    call = testing_call(on) if on.type is not DATASET else TestingCall("cloudresourcemanager", "POST", _of_project(on))
    asked = list(permissions)
    if call.method == "GET":
        answer = google.call(call.api, "GET", EncodedPath(call.path), query={"permissions": asked})
    else:
        answer = google.call(call.api, "POST", call.path, {"permissions": asked})
    return frozenset(answer.get("permissions") or ())


def uniform_access(google: Google, bucket: str) -> bool:
    """Return whether a bucket has uniform bucket-level access. Raises CloudError."""
    found = google.call("storage", "GET", f"/b/{bucket}", query={"fields": "iamConfiguration"})
    uniform = (found.get("iamConfiguration") or {}).get("uniformBucketLevelAccess") or {}
    return bool(uniform.get("enabled"))


def project_of_bucket(google: Google, bucket: str) -> str:
    """Return the number of the project that has a bucket. Raises CloudError."""
    return str(
        google.call("storage", "GET", f"/b/{bucket}", query={"fields": "projectNumber"}).get("projectNumber", "")
    )


def _of_project(on: ResourceName) -> str:
    return f"/v1/projects/{on.project}:testIamPermissions"


def _path(on: ResourceName, verb: str) -> str:
    version = f"/{on.type.version}" if on.type.version else ""
    return f"{version}/{on.name}:{verb}"


def _storage_path(on: ResourceName, end: str) -> EncodedPath:
    """Return the path of a bucket or a managed folder, whose name ends in a slash and can have others in it."""
    parts = dict(on.parts)
    bucket = f"/b/{quote(parts['bucket'], safe='')}"
    folder = parts.get("managed_folder")
    inside = f"/managedFolders/{quote(folder + '/', safe='')}" if folder else ""
    return EncodedPath(f"{bucket}{inside}/{end}")
