"""Amazon EKS: the clusters of the account, as DescribeCluster and the lists tell of them, and who may log in to them.

No cluster can be created.

Source: Amazon EKS API reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from .arns import arn, global_arn
from .errors import AwsRefusal
from .handlers import Call, Handlers
from .messages import Reply
from .protocols import json_reply

VERSION = "1.33"


class EksCluster(Protocol):
    """A cluster, as far as EKS tells of it: `endpoint` is HOST or HOST:PORT, `ca` a PEM in base64.

    `access_entries` has the groups in the cluster of each user or role of AWS, by ARN.
    `pod_identities` are pairs of `namespace` and `serviceAccount`, to which EKS Pod Identity gives a role.
    """

    name: str
    location: str
    endpoint: str
    ca: str
    own_issuer: str
    created: datetime
    status: str
    access_entries: dict[str, list[str]]
    pod_identities: list[dict[str, str]]


class Eks:
    """Describes clusters, and creates and lists their access entries. The server sets `clusters`."""

    def __init__(self, account: str) -> None:
        self._account = account
        self.clusters: Sequence[EksCluster] = ()
        self.handlers: Handlers = {
            ("eks", "DescribeCluster"): self._describe,
            ("eks", "ListClusters"): self._list,
            ("eks", "ListPodIdentityAssociations"): self._associations,
            ("eks", "CreateAccessEntry"): self._create_entry,
            ("eks", "ListAccessEntries"): self._list_entries,
        }

    def _describe(self, call: Call) -> Reply:
        return json_reply({"cluster": self._described(self._named(call))})

    def _list(self, call: Call) -> Reply:
        return json_reply({"clusters": sorted(cluster.name for cluster in self._there(call))})

    def _associations(self, call: Call) -> Reply:
        """The service accounts to which EKS Pod Identity gives a role, without the roles."""
        cluster, query = self._named(call), call.message.query
        wanted = {key: query[key] for key in ("namespace", "serviceAccount") if key in query}
        found = [each for each in cluster.pod_identities if wanted.items() <= each.items()]
        return json_reply({"associations": [{"clusterName": cluster.name, **each} for each in found]})

    def _create_entry(self, call: Call) -> Reply:
        """An access entry of the type STANDARD, with groups that a RoleBinding can name."""
        cluster, document = self._named(call), call.message.document
        principal, groups = str(document.get("principalArn", "")), list(document.get("kubernetesGroups", ()))
        for group in groups:
            if str(group).startswith("system:"):
                text = f"The kubernetes group name {group} is invalid, it cannot start with system:"
                raise AwsRefusal("InvalidParameterException", text, 400)
        if principal in cluster.access_entries:
            text = "The specified access entry resource is already in use on this cluster."
            raise AwsRefusal("ResourceInUseException", text, 409)
        cluster.access_entries[principal] = groups
        entry = {"clusterName": cluster.name, "principalArn": principal, "kubernetesGroups": groups, "type": "STANDARD"}
        return json_reply({"accessEntry": entry})

    def _list_entries(self, call: Call) -> Reply:
        return json_reply({"accessEntries": sorted(self._named(call).access_entries)})

    def _named(self, call: Call) -> EksCluster:
        name = call.message.path.partition("/clusters/")[2].partition("/")[0]
        for cluster in self._there(call):
            if cluster.name == name:
                return cluster
        raise AwsRefusal("ResourceNotFoundException", f"No cluster found for name: {name}.", 404)

    def _there(self, call: Call) -> list[EksCluster]:
        return [cluster for cluster in self.clusters if cluster.location == call.region]

    def _described(self, cluster: EksCluster) -> dict[str, Any]:
        return {
            "name": cluster.name,
            "arn": arn("eks", cluster.location, self._account, f"cluster/{cluster.name}"),
            "createdAt": cluster.created.timestamp(),
            "version": VERSION,
            "endpoint": f"https://{cluster.endpoint}",
            "roleArn": global_arn("iam", cluster.location, self._account, f"role/{cluster.name}-cluster"),
            "resourcesVpcConfig": {"endpointPublicAccess": True, "endpointPrivateAccess": True},
            "identity": {"oidc": {"issuer": cluster.own_issuer}},
            "status": cluster.status if cluster.status != "RUNNING" else "ACTIVE",
            "certificateAuthority": {"data": cluster.ca},
            "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"},
            "tags": {},
        }
