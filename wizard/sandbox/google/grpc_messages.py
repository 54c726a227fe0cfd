"""google.iam.admin.v1.IAM over gRPC: each method as the REST call that the API's own transcoding makes of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.cloud.iam_admin_v1 import types
from google.iam.v1 import iam_policy_pb2, policy_pb2
from google.protobuf import empty_pb2, json_format
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]  # ships no type information

from wizard.sandbox.json_value import JSON

from .calls import Request


@dataclass(frozen=True)
class Method:
    """One method: its messages, and the REST call, whose path may name fields of the request (`{name}`)."""

    request: type[Message]
    response: type[Message]
    http: str
    path: str

    def transcode(self, raw: bytes, headers: Mapping[str, str]) -> Request:
        """The REST request for a serialized message."""
        fields = json_format.MessageToDict(self.request.FromString(raw))
        path, rest = _fill(self.path, fields)
        if self.http in ("GET", "DELETE"):
            query = {key: value if isinstance(value, list) else [str(value)] for key, value in rest.items()}
            return Request(self.http, path, query, headers)
        return Request(self.http, path, {}, headers, json.dumps(rest).encode())

    def serialize(self, answer: JSON) -> bytes:
        """The answer as a serialized message; what the message has no field for is left out."""
        message = json_format.ParseDict(answer, self.response(), ignore_unknown_fields=True)
        return bytes(message.SerializeToString())


def _fill(template: str, fields: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The path, and the fields that it did not take."""
    name = template.partition("{")[2].partition("}")[0]
    if not name:
        return template, fields
    outer, _, inner = name.partition(".")
    value = fields[outer].pop(inner, "") if inner and outer in fields else fields.pop(outer, "")
    return template.replace(f"{{{name}}}", str(value)), fields


def status(code: int, message: str, details: list[JSON]) -> bytes:
    """A serialized google.rpc.Status, as gRPC clients look for it in the trailing metadata."""
    body = {"code": code, "message": message, "details": details}
    return bytes(json_format.ParseDict(body, status_pb2.Status(), descriptor_pool=_POOL).SerializeToString())


def _pb(wrapper: Any) -> type[Message]:
    message: type[Message] = wrapper.pb()
    return message


_ACCOUNT = _pb(types.ServiceAccount)
_POLICY = policy_pb2.Policy
_EMPTY = empty_pb2.Empty
_POOL = error_details_pb2.DESCRIPTOR.pool
"""Where the types of error details are found."""

METHODS: Mapping[str, Method] = {
    "ListServiceAccounts": Method(
        _pb(types.ListServiceAccountsRequest),
        _pb(types.ListServiceAccountsResponse),
        "GET",
        "/v1/{name}/serviceAccounts",
    ),
    "GetServiceAccount": Method(_pb(types.GetServiceAccountRequest), _ACCOUNT, "GET", "/v1/{name}"),
    "CreateServiceAccount": Method(
        _pb(types.CreateServiceAccountRequest), _ACCOUNT, "POST", "/v1/{name}/serviceAccounts"
    ),
    "PatchServiceAccount": Method(
        _pb(types.PatchServiceAccountRequest), _ACCOUNT, "PATCH", "/v1/{serviceAccount.name}"
    ),
    "DeleteServiceAccount": Method(_pb(types.DeleteServiceAccountRequest), _EMPTY, "DELETE", "/v1/{name}"),
    "UndeleteServiceAccount": Method(
        _pb(types.UndeleteServiceAccountRequest),
        _pb(types.UndeleteServiceAccountResponse),
        "POST",
        "/v1/{name}:undelete",
    ),
    "EnableServiceAccount": Method(_pb(types.EnableServiceAccountRequest), _EMPTY, "POST", "/v1/{name}:enable"),
    "DisableServiceAccount": Method(_pb(types.DisableServiceAccountRequest), _EMPTY, "POST", "/v1/{name}:disable"),
    "ListServiceAccountKeys": Method(
        _pb(types.ListServiceAccountKeysRequest),
        _pb(types.ListServiceAccountKeysResponse),
        "GET",
        "/v1/{name}/keys",
    ),
    "GetIamPolicy": Method(iam_policy_pb2.GetIamPolicyRequest, _POLICY, "POST", "/v1/{resource}:getIamPolicy"),
    "SetIamPolicy": Method(iam_policy_pb2.SetIamPolicyRequest, _POLICY, "POST", "/v1/{resource}:setIamPolicy"),
    "TestIamPermissions": Method(
        iam_policy_pb2.TestIamPermissionsRequest,
        iam_policy_pb2.TestIamPermissionsResponse,
        "POST",
        "/v1/{resource}:testIamPermissions",
    ),
    "GetRole": Method(_pb(types.GetRoleRequest), _pb(types.Role), "GET", "/v1/{name}"),
    "ListRoles": Method(_pb(types.ListRolesRequest), _pb(types.ListRolesResponse), "GET", "/v1/roles"),
    "QueryGrantableRoles": Method(
        _pb(types.QueryGrantableRolesRequest),
        _pb(types.QueryGrantableRolesResponse),
        "POST",
        "/v1/roles:queryGrantableRoles",
    ),
}
"""The methods that are served, by their names in the service google.iam.admin.v1.IAM."""
