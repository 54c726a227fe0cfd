"""Creates what Terraform applies in a sandbox, with the calls that the documentation of the provider's types names."""

import time
from collections.abc import Callable
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation.gke import ClusterName
from wizard.resources import policies

Json = dict[str, Any]

_LIMIT = 30.0
"""Seconds that an operation of the sandbox can take."""


class SandboxWrites:
    """Writes to the clouds of a sandbox, as its operator. `cluster` is needed for objects in one."""

    def __init__(self, clouds: Clouds, cluster: ClusterName | None = None) -> None:
        self._clouds = clouds
        self._cluster = cluster
        self._writers: dict[str, Callable[[Json], None]] = {
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

    def make(self, kind: str, values: Json) -> str | None:
        """Create an object. Returns why the sandbox refuses; None if it does not."""
        try:
            self._writers[kind](values)
        except CloudError as error:
            return str(error)
        return None

    def _post(self, service: str, path: str, body: Json, query: dict[str, str] | None = None) -> None:
        """Call, and wait for the operation."""
        answer = self._clouds.google.call(service, "POST", path, body, query or {})
        end = time.monotonic() + _LIMIT
        while not answer.get("done", True):
            assert time.monotonic() < end, answer
            answer = self._clouds.google.call(service, "GET", f"/v1/{answer['name']}")
        if "error" in answer:
            raise CloudError(service, path, 400, "", str(answer["error"]))

    def _service(self, values: Json) -> None:
        project, service = values["project"], values["service"]
        self._post("serviceusage", f"/v1/projects/{project}/services/{service}:enable", {})

    def _pool(self, values: Json) -> None:
        body = {"displayName": values["display_name"], "description": values["description"]}
        query = {"workloadIdentityPoolId": values["workload_identity_pool_id"]}
        self._post("iam", f"/v1/projects/{values['project']}/locations/global/workloadIdentityPools", body, query)

    def _provider(self, values: Json) -> None:
        body: Json = {"attributeMapping": values["attribute_mapping"]}
        if values["attribute_condition"]:
            body["attributeCondition"] = values["attribute_condition"]
        if values["aws"]:
            body["aws"] = {"accountId": values["aws"][0]["account_id"]}
        if values["oidc"]:
            body["oidc"] = {"issuerUri": values["oidc"][0]["issuer_uri"]}
        place = f"/v1/projects/{values['project']}/locations/global/workloadIdentityPools"
        query = {"workloadIdentityPoolProviderId": values["workload_identity_pool_provider_id"]}
        self._post("iam", f"{place}/{values['workload_identity_pool_id']}/providers", body, query)

    def _account(self, values: Json) -> None:
        self._clouds.google_iam.create_service_account(values["project"], values["account_id"], values["display_name"])

    def _on_project(self, values: Json) -> None:
        path, call = f"/v1/projects/{values['project']}", self._clouds.google.call
        policies.add(
            lambda: call("cloudresourcemanager", "POST", f"{path}:getIamPolicy", {}),
            lambda policy: call("cloudresourcemanager", "POST", f"{path}:setIamPolicy", {"policy": policy}),
            {values["role"]: (values["member"],)},
        )

    def _on_account(self, values: Json) -> None:
        _, project, _, email = values["service_account_id"].split("/")
        client = self._clouds.google_iam
        policies.add(
            lambda: client.get_policy(project, email),
            lambda policy: client.set_policy(project, email, policy),
            {values["role"]: (values["member"],)},
        )

    def _role(self, values: Json) -> None:
        names = {"RoleName": "name", "Path": "path", "Description": "description"}
        arguments = {name: values[key] for name, key in names.items()}
        document = values["assume_role_policy"]
        self._clouds.aws.call("iam", "create_role", **arguments, AssumeRolePolicyDocument=document)

    def _profile(self, values: Json) -> None:
        name, role = values["name"], values["role"]
        self._clouds.aws.call("iam", "create_instance_profile", InstanceProfileName=name)
        self._clouds.aws.call("iam", "add_role_to_instance_profile", InstanceProfileName=name, RoleName=role)

    def _namespace(self, values: Json) -> None:
        from lightkube.resources.core_v1 import Namespace

        self._kubernetes.create(Namespace.from_dict({"metadata": _metadata(values)}))

    def _kubernetes_account(self, values: Json) -> None:
        from lightkube.resources.core_v1 import ServiceAccount

        metadata = _metadata(values)
        self._kubernetes.create(ServiceAccount.from_dict({"metadata": metadata}), metadata["namespace"])

    @property
    def _kubernetes(self) -> Any:
        assert self._cluster, "a module with objects of a cluster"
        return self._clouds.kubernetes(self._cluster)


def _metadata(values: Json) -> Json:
    metadata = values["metadata"][0]
    return {key: metadata[key] for key in ("name", "namespace", "annotations") if metadata.get(key)}
