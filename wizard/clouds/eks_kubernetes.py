"""A session with the Kubernetes API of an EKS cluster, with the operator's credentials of AWS.

Source: what `aws eks get-token` prints: a signed GetCallerIdentity request, which names the cluster in a header.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass

from wizard.clouds.aws import Aws
from wizard.clouds.google import Google
from wizard.clouds.kubernetes import Kubernetes
from wizard.clouds.kubernetes_access import ClusterAccess, Connection, Login
from wizard.federation.aws import domain_of
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.secret import Secret

_PREFIX = "k8s-aws-v1."
_CLUSTER_HEADER = "x-k8s-aws-id"
_SIGNED_FOR = 60  # seconds, as the aws command signs
_USED_FOR = 600.0
"""For how many seconds a token is used: EKS accepts it for 15 minutes."""


@dataclass(frozen=True)
class EksEndpoint:
    """A cluster's API: its URL and its certificate authority (PEM, base64)."""

    cluster: str
    region: str
    url: str
    certificate_authority: str


class EksAccess(ClusterAccess):
    """The endpoint of a cluster in the EKS API, with the operator's identity at AWS."""

    def __init__(self, endpoint: EksEndpoint, aws: Aws) -> None:
        self._endpoint, self._aws = endpoint, aws
        self._login: tuple[float, Login] | None = None
        self.source = _("the endpoint of {cluster} in the EKS API").format(cluster=endpoint.cluster)
        authority = base64.b64decode(endpoint.certificate_authority) if endpoint.certificate_authority else None
        self.connection = Connection(endpoint.url, authority)

    def login(self) -> Login:
        """Return the token of the operator for the cluster. Raises CloudError."""
        now = time.monotonic()
        if self._login is None or now - self._login[0] > _USED_FOR:
            self._login = now, Login((("Authorization", Secret(f"Bearer {self._token()}")),))
        return self._login[1]

    def renew(self) -> bool:
        """Forget the token."""
        had, self._login = self._login, None
        return had is not None

    def _token(self) -> str:
        region = self._endpoint.region
        url = f"https://sts.{region}.{domain_of(region)}/?Action=GetCallerIdentity&Version=2011-06-15"
        headers = {_CLUSTER_HEADER: self._endpoint.cluster}
        signed = self._aws.signed_caller(url, region, headers, _SIGNED_FOR)
        return _PREFIX + base64.urlsafe_b64encode(signed.reveal().encode()).decode().rstrip("=")


class EksKubernetes(Kubernetes):
    """Reads and writes the objects of an EKS cluster. Raises CloudError for every refusal."""

    def __init__(self, endpoint: EksEndpoint, environ: Mapping[str, str], google: Google, aws: Aws) -> None:
        super().__init__(ClusterName("", endpoint.region, endpoint.cluster), environ, google)
        self._endpoint = endpoint
        self._access = EksAccess(endpoint, aws)

    @property
    def _again(self) -> str:
        name, region = self._endpoint.cluster, self._endpoint.region
        return _(
            "ask an administrator to create an access entry in {name}: aws eks create-access-entry --cluster-name "
            "{name} --region {region} --principal-arn ARN"
        ).format(name=name, region=region)

    def _network_hint(self) -> str:
        return _(
            "if the cluster has only a private endpoint, connect from the cluster's network; otherwise, "
            "check the network between this machine and the cluster"
        )
