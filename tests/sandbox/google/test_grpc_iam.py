"""IAM over gRPC, asked by Google's own client: the same answers and the same refusals as over REST."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.cloud.iam_admin_v1 import IAMClient, types
from google.cloud.iam_admin_v1.services.iam.transports import IAMGrpcTransport
from google.iam.v1 import policy_pb2

PROJECT = "projects/acme-analytics"
OLD = f"{PROJECT}/serviceAccounts/nightly-load@acme-analytics.iam.gserviceaccount.com"


@pytest.fixture
def iam(sandbox: Any) -> Iterator[IAMClient]:
    roots = Path(sandbox.variables["SSL_CERT_FILE"]).read_bytes()
    proxy = [("grpc.http_proxy", sandbox.variables["HTTPS_PROXY"])]
    with grpc.secure_channel("iam.googleapis.com:443", grpc.ssl_channel_credentials(roots), proxy) as channel:
        yield IAMClient(transport=IAMGrpcTransport(channel=channel))


@pytest.fixture
def operator(google: Any) -> dict[str, Any]:
    metadata = [("authorization", f"Bearer {google.token}"), ("x-goog-user-project", "acme-analytics")]
    return {"metadata": metadata, "timeout": 20.0, "retry": None}


def test_an_account_lives_as_over_rest(iam: IAMClient, operator: dict[str, Any]) -> None:
    body = {"name": PROJECT, "account_id": "grpc-made", "service_account": {"display_name": "One"}}
    made = iam.create_service_account(request=body, **operator)
    assert (made.display_name, made.etag, len(made.unique_id)) == ("One", b"01021920", 21)
    with pytest.raises(exceptions.AlreadyExists, match="Service account grpc-made already exists within project"):
        iam.create_service_account(request=body, **operator)
    patch = {"service_account": {"name": made.name, "display_name": "Two"}, "update_mask": {"paths": ["display_name"]}}
    assert iam.patch_service_account(request=patch, **operator).display_name == "Two"
    iam.disable_service_account(request={"name": made.name}, **operator)
    listed = {each.name: each for each in iam.list_service_accounts(name=PROJECT, **operator)}
    assert (listed[made.name].disabled, listed[made.name].display_name) == (True, "Two")
    iam.delete_service_account(name=made.name, **operator)
    back = iam.undelete_service_account(request={"name": f"{PROJECT}/serviceAccounts/{made.unique_id}"}, **operator)
    assert back.restored_account.email == made.email


def test_keys_are_listed(iam: IAMClient, operator: dict[str, Any]) -> None:
    kinds = [types.ListServiceAccountKeysRequest.KeyType.USER_MANAGED]
    keys = iam.list_service_account_keys(request={"name": OLD, "key_types": kinds}, **operator).keys
    assert [key.name.rpartition("/")[2] for key in keys] == ["5f0c1d2e3b4a59687766554433221100ffeeddcc"]


def test_a_policy_is_read_changed_and_protected_by_its_etag(iam: IAMClient, operator: dict[str, Any]) -> None:
    read = {"resource": OLD, "options": {"requested_policy_version": 3}}
    before = iam.get_iam_policy(request=read, **operator)
    assert (before.version, len(before.bindings)) == (0, 0)
    binding = policy_pb2.Binding(role="roles/iam.workloadIdentityUser", members=["user:a@acme.example"])
    policy = policy_pb2.Policy(version=3, etag=before.etag, bindings=[binding])
    after = iam.set_iam_policy(request={"resource": OLD, "policy": policy}, **operator)
    assert (after.version, list(after.bindings)) == (1, [binding])
    with pytest.raises(exceptions.Aborted, match="There were concurrent policy changes"):
        iam.set_iam_policy(request={"resource": OLD, "policy": policy}, **operator)
    held = iam.test_iam_permissions(resource=OLD, permissions=["iam.serviceAccounts.actAs"], **operator)
    assert list(held.permissions) == ["iam.serviceAccounts.actAs"]


def test_roles_are_read(iam: IAMClient, operator: dict[str, Any]) -> None:
    role = iam.get_role(request={"name": "roles/bigquery.jobUser"}, **operator)
    assert "bigquery.jobs.create" in role.included_permissions
    assert "roles/owner" in {each.name for each in iam.list_roles(request={}, **operator)}
    name = "//cloudresourcemanager.googleapis.com/projects/acme-analytics"
    assert any(iam.query_grantable_roles(full_resource_name=name, **operator))


def test_refusals_carry_the_same_words_and_details(iam: IAMClient, operator: dict[str, Any]) -> None:
    nobody = "nobody@acme-analytics.iam.gserviceaccount.com"
    with pytest.raises(exceptions.NotFound, match="Unknown service account"):
        iam.get_service_account(name=f"{PROJECT}/serviceAccounts/{nobody}", **operator)
    with pytest.raises(exceptions.PermissionDenied) as denied:
        iam.get_service_account(name=f"projects/-/serviceAccounts/{nobody}", **operator)
    assert denied.value.reason == "IAM_PERMISSION_DENIED"
    assert denied.value.metadata["permission"] == "iam.serviceAccounts.get"


def test_tokens_and_quota_projects_are_checked_as_over_rest(iam: IAMClient, google: Any) -> None:
    with pytest.raises(exceptions.Unauthenticated):
        iam.get_service_account(name=OLD, retry=None, timeout=20.0)
    with pytest.raises(exceptions.Unauthenticated):
        iam.get_service_account(name=OLD, retry=None, timeout=20.0, metadata=[("authorization", "Bearer ya29.unknown")])
    with pytest.raises(exceptions.PermissionDenied) as denied:
        metadata = [("authorization", f"Bearer {google.token}")]
        iam.get_service_account(name=OLD, retry=None, timeout=20.0, metadata=metadata)
    assert denied.value.metadata["consumer"] == "projects/764086051850"


def test_methods_that_rest_lacks_are_unimplemented_by_their_own_names(iam: IAMClient, operator: dict[str, Any]) -> None:
    with pytest.raises(exceptions.MethodNotImplemented) as lacking:
        iam.lint_policy(request={"full_resource_name": "//cloudresourcemanager.googleapis.com/x"}, **operator)
    sentence = "the sandbox has no google.iam.admin.v1.IAM/LintPolicy; nothing left this machine"
    assert lacking.value.message == sentence


def test_roles_are_made_as_over_rest(iam: IAMClient, operator: dict[str, Any]) -> None:
    role = {"title": "Reader", "included_permissions": ["bigquery.jobs.create"]}
    made = iam.create_role(request={"parent": PROJECT, "role_id": "grpcReader", "role": role}, **operator)
    assert (made.name, made.title) == (f"{PROJECT}/roles/grpcReader", "Reader")
    assert iam.get_role(request={"name": made.name}, **operator).title == "Reader"
