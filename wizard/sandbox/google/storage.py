"""Cloud Storage v1, as far as policies need it: buckets, managed folders, and their policies.

Sources: the JSON API's discovery document, and "HTTP status and error codes for JSON" of Cloud Storage.
"""

from __future__ import annotations

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.policy_rules import parse_policy
from wizard.sandbox.model.refusals import StaleEtagError
from wizard.sandbox.model.things import Thing

from .calls import Call, Route
from .errors import GoogleError
from .policies import held, policy_document
from .thing_policies import allowed, check_roles, check_testable

SERVICE = "storage.googleapis.com"
_BUCKET = "/storage/v1/b/{bucket}"
_FOLDER = f"{_BUCKET}/managedFolders/{{folder+}}"
_OBJECTS = ("storage.objects.", "storage.managedFolders.", "storage.multipartUploads.", "storage.folders.")


class StorageError(GoogleError):
    """A refusal in the envelope of Cloud Storage, which has a list `errors` and no canonical reason."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(status, reason, message)

    def body(self) -> JSON:
        """The JSON error envelope."""
        errors = [{"message": self.message, "domain": "global", "reason": self.reason}]
        return {"error": {"code": self.status, "message": self.message, "errors": errors}}


def list_buckets(call: Call) -> JSON:
    """buckets.list of one project."""
    project = call.project(call.query.get("project", ""))
    permission = "storage.buckets.list"
    call.require(permission, project, refusal=lambda: _denied(call, permission, "project"))
    mine = [thing for thing in call.world.things.below("buckets/") if thing.project == project.id]
    rows = [_bucket(call, thing) for thing in mine]
    return {"kind": "storage#buckets", **({"items": rows} if rows else {})}


def get_bucket(call: Call) -> JSON:
    """buckets.get."""
    return _bucket(call, _found(call, "storage.buckets.get"))


def list_folders(call: Call) -> JSON:
    """managedFolders.list of one bucket."""
    bucket = _found(call, "storage.managedFolders.list")
    start = f"{bucket.name}/managedFolders/"
    names = [thing.name for thing in call.world.things.every() if thing.name.startswith(start)]
    rows: list[JSON] = [_managed_folder(bucket, name.removeprefix(start) + "/") for name in names]
    return {"kind": "storage#managedFolders", **({"items": rows} if rows else {})}


def _managed_folder(bucket: Thing, name: str) -> JSON:
    return {"kind": "storage#managedFolder", "id": f"{bucket.id}/{name}", "name": name, "bucket": bucket.id}


def get_policy(call: Call) -> JSON:
    """getIamPolicy of a bucket or a managed folder."""
    thing = _found(call, f"{_kind(call)}.getIamPolicy")
    version = str(call.query.get("optionsRequestedPolicyVersion") or 1)
    return _policy(thing, int(version) if version.isdigit() else 1)


def set_policy(call: Call) -> JSON:
    """setIamPolicy, whose body is the policy itself; 412 for a stale etag."""
    thing = _found(call, f"{_kind(call)}.setIamPolicy")
    document = call.document()
    check_roles(document, "storage.")
    bindings, etag = parse_policy(call.world.projects, document, thing.policy.members)
    try:
        thing.policy.set(bindings, etag, call.world.clock(), call.world.settings.propagation)
    except StaleEtagError as error:
        text = "At least one of the pre-conditions you specified did not hold."
        raise StorageError(412, "conditionNotMet", text) from error
    return _policy(thing, 3)


def test_permissions(call: Call) -> JSON:
    """testIamPermissions, with the permissions in the query. A bucket with ACLs knows no federated identities."""
    thing = _found(call, "")
    permissions = call.repeated("permissions")
    check_testable(permissions, _OBJECTS if thing.parent else ("storage.buckets.", *_OBJECTS))
    bucket = call.world.things.find(thing.parent) or thing
    if not bucket.uniform and call.caller is not None and call.caller.kind == "federated":
        permissions = []
    granted = held([each for each in permissions if allowed(call, thing, each)])
    return {"kind": "storage#testIamPermissionsResponse", **granted}


def _kind(call: Call) -> str:
    return "storage.managedFolders" if "folder" in call.params else "storage.buckets"


def _found(call: Call, permission: str) -> Thing:
    bucket = call.world.things.find(f"buckets/{call.params['bucket']}")
    if bucket is None:
        raise StorageError(404, "notFound", "The specified bucket does not exist.")
    call.project(bucket.project)
    folder = call.params.get("folder", "").rstrip("/")
    thing = call.world.things.find(f"{bucket.name}/managedFolders/{folder}") if folder else bucket
    if permission and not allowed(call, thing or bucket, permission):
        raise _denied(call, permission, "managed folder" if folder else "bucket")
    if thing is None:
        raise StorageError(404, "notFound", "The specified managed folder does not exist.")
    return thing


def _denied(call: Call, permission: str, what: str) -> StorageError:
    who = call.caller.email or call.caller.member if call.caller is not None else "Anonymous caller"
    text = (
        f"{who} does not have {permission} access to the Google Cloud Storage {what}. "
        f"Permission '{permission}' denied on resource (or it may not exist)."
    )
    return StorageError(403, "forbidden", text)


def _policy(thing: Thing, version: int) -> JSON:
    resource = thing.name.replace("buckets/", "projects/_/buckets/", 1)
    return {"kind": "storage#policy", "resourceId": resource, **policy_document(thing.policy, version)}


def _bucket(call: Call, thing: Thing) -> JSON:
    project = call.world.projects.find(thing.project)
    return {
        "kind": "storage#bucket",
        "id": thing.id,
        "name": thing.id,
        "projectNumber": project.number if project is not None else "0",
        "location": thing.location.upper(),
        "storageClass": "STANDARD",
        "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": thing.uniform}},
    }


_VERSION = ("optionsRequestedPolicyVersion", "userProject")
_FOLDER_LISTING = ("pageSize", "maxResults", "pageToken", "prefix", "userProject", "projection")
ROUTES = [
    Route("GET", "/storage/v1/b", list_buckets, "read"),
    Route("GET", _BUCKET, get_bucket, "read"),
    Route("GET", f"{_BUCKET}/managedFolders", list_folders, "read", query=_FOLDER_LISTING),
    *(
        route
        for one in (f"{_FOLDER}/iam", f"{_BUCKET}/iam")
        for route in (
            Route("GET", f"{one}/testPermissions", test_permissions, "read"),
            Route("GET", one, get_policy, "read"),
            Route("PUT", one, set_policy, "write"),
        )
    ),
]
