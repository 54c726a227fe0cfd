"""What a sandbox has of one of Terraform's types, by the ID of an import, in the form of the type's arguments.

The clouds are read here without the wizard's kinds: the ID must be one that the documentation of the provider names,
and the values are those that the provider would read into its state.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from wizard.clouds import iam_policies
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation.gke import ClusterName
from wizard.setup import resource_types

Json = dict[str, Any]


_IN = r"projects/(?P<project>[^/]+)"
_GRANTS = {
    "google_pubsub_topic_iam_member": (
        rf"{_IN}/topics/(?P<id>[^/]+)",
        {"project": "{project}", "topic": "{id}"},
    ),
    "google_secret_manager_secret_iam_member": (
        rf"{_IN}/secrets/(?P<id>[^/]+)",
        {"project": "{project}", "secret_id": "{id}"},
    ),
    "google_spanner_database_iam_member": (
        r"(?P<project>[^/]+)/(?P<instance>[^/]+)/(?P<id>[^/]+)",
        {"project": "{project}", "instance": "{instance}", "database": "{id}"},
    ),
    "google_storage_bucket_iam_member": (r"b/(?P<id>[^/]+)", {"bucket": "{id}"}),
}
"""How the documentation of some types writes the ID of an import, and the arguments that follow from it."""
_NAMES = {
    "google_pubsub_topic_iam_member": "projects/{project}/topics/{id}",
    "google_secret_manager_secret_iam_member": "projects/{project}/secrets/{id}",
    "google_spanner_database_iam_member": "projects/{project}/instances/{instance}/databases/{id}",
    "google_storage_bucket_iam_member": "projects/_/buckets/{id}",
}


class SandboxObjects:
    """The objects of a sandbox, as its operator reads them. `cluster` is needed for what is in one."""

    def __init__(self, clouds: Clouds, cluster: ClusterName | None = None) -> None:
        self._clouds = clouds
        self._cluster = cluster
        self._readers: dict[str, Callable[[str], Json | None]] = {
            "aws_iam_instance_profile": self._profile,
            "aws_iam_role": self._role,
            "google_iam_workload_identity_pool": self._pool,
            "google_iam_workload_identity_pool_provider": self._provider,
            "google_project_iam_member": self._on_project,
            "google_project_service": self._service,
            "google_service_account": self._account,
            "google_service_account_iam_member": self._on_account,
            "kubernetes_namespace_v1": self._namespace,
            "kubernetes_service_account_v1": self._kubernetes_account,
        }

    def find(self, kind: str, identity: str) -> Json | None:
        """An object; None if the sandbox does not have it."""
        return self.find_grant(kind, identity) if kind in _GRANTS else self._readers[kind](identity)

    def find_grant(self, kind: str, identity: str) -> Json | None:
        """A grant on a resource whose name is its own argument, or is made of several."""
        place, role, member = identity.split(" ")
        template, arguments = _GRANTS[kind]
        found = re.fullmatch(template, place)
        if found is None:
            return None
        on = resource_types.parse(_NAMES[kind].format(**found.groupdict()))
        assert on, place
        policy = iam_policies.get_policy(self._clouds.google, on)
        named = {name: form.format(**found.groupdict()) for name, form in arguments.items()}
        return {**named, "role": role, "member": member} if _has(policy, role, member) else None

    def _get(self, service: str, path: str) -> Json | None:
        return self._clouds.google.get_or_none(service, path)

    def _service(self, identity: str) -> Json | None:
        project, service = identity.split("/")
        found = self._get("serviceusage", f"/v1/projects/{project}/services/{service}")
        if not found or found["state"] != "ENABLED":
            return None
        return {"project": project, "service": service}

    def _pool(self, identity: str) -> Json | None:
        project, *_, pool = identity.split("/")[1:]
        found = self._get("iam", f"/v1/{identity}")
        if not found or found["state"] != "ACTIVE":
            return None
        texts = {"display_name": found.get("displayName"), "description": found.get("description")}
        flag = found.get("disabled") or None
        return {"project": project, "workload_identity_pool_id": pool, "disabled": flag, **texts}

    def _provider(self, identity: str) -> Json | None:
        _, project, _, _, _, pool, _, provider = identity.split("/")
        found = self._get("iam", f"/v1/{identity}")
        if not found or found["state"] != "ACTIVE":
            return None
        blocks: Json = {}
        if "aws" in found:
            blocks["aws"] = [{"account_id": found["aws"]["accountId"]}]
        if "oidc" in found:
            audiences = found["oidc"].get("allowedAudiences")
            blocks["oidc"] = [
                {"issuer_uri": found["oidc"]["issuerUri"], "allowed_audiences": audiences, "jwks_json": None}
            ]
        return {
            "project": project,
            "workload_identity_pool_id": pool,
            "workload_identity_pool_provider_id": provider,
            "attribute_mapping": found.get("attributeMapping"),
            "attribute_condition": found.get("attributeCondition"),
            "disabled": found.get("disabled") or None,
            **blocks,
        }

    def _account(self, identity: str) -> Json | None:
        _, project, _, email = identity.split("/")
        try:
            found = self._clouds.google_iam.get_service_account(project, email)
        except CloudError as error:
            if error.status == 404:
                return None
            raise
        return {
            "project": project,
            "account_id": email.partition("@")[0],
            "display_name": found.get("display_name") or found.get("displayName"),
            "disabled": found.get("disabled") or None,
        }

    def _on_project(self, identity: str) -> Json | None:
        project, role, member = identity.split(" ")
        path = f"/v1/projects/{project}:getIamPolicy"
        policy = self._clouds.google.call("cloudresourcemanager", "POST", path, {})
        return {"project": project, "role": role, "member": member} if _has(policy, role, member) else None

    def _on_account(self, identity: str) -> Json | None:
        name, role, member = identity.split(" ")
        _, project, _, email = name.split("/")
        policy = self._clouds.google_iam.get_policy(project, email)
        return {"service_account_id": name, "role": role, "member": member} if _has(policy, role, member) else None

    def _role(self, identity: str) -> Json | None:
        role = _or_none(lambda: self._clouds.aws.call("iam", "get_role", RoleName=identity)["Role"])
        if role is None:
            return None
        document = json.dumps(role["AssumeRolePolicyDocument"], sort_keys=True, separators=(",", ":"))
        texts = {"name": role["RoleName"], "path": role["Path"], "description": role.get("Description")}
        return {**texts, "assume_role_policy": document, "arn": role["Arn"]}

    def _profile(self, identity: str) -> Json | None:
        call = self._clouds.aws.call
        found = _or_none(lambda: call("iam", "get_instance_profile", InstanceProfileName=identity)["InstanceProfile"])
        if found is None:
            return None
        return {"name": found["InstanceProfileName"], "role": found["Roles"][0]["RoleName"]}

    def _namespace(self, identity: str) -> Json | None:
        from lightkube.resources.core_v1 import Namespace

        found = self._kubernetes.get_or_none(Namespace, identity)
        return {"metadata": [_metadata(found)]} if found else None

    def _kubernetes_account(self, identity: str) -> Json | None:
        from lightkube.resources.core_v1 import ServiceAccount

        namespace, name = identity.split("/")
        found = self._kubernetes.get_or_none(ServiceAccount, name, namespace)
        return {"metadata": [{**_metadata(found), "namespace": namespace}]} if found else None

    @property
    def _kubernetes(self) -> Any:
        assert self._cluster, "a module with objects of a cluster"
        return self._clouds.kubernetes(self._cluster)


def _metadata(found: Any) -> Json:
    return {"name": found.metadata.name, "annotations": found.metadata.annotations or None}


def _has(policy: Json, role: str, member: str) -> bool:
    bindings = [each for each in policy.get("bindings", ()) if not each.get("condition")]
    return any(each["role"] == role and member in each["members"] for each in bindings)


def _or_none(read: Callable[[], Json]) -> Json | None:
    try:
        return read()
    except CloudError as error:
        if error.reason == "NoSuchEntity":
            return None
        raise
