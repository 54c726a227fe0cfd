"""Finds the address and the credentials for a cluster's Kubernetes API: from a kubeconfig, or the Container API."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wizard.clouds import clusters, kubernetes_models
from wizard.clouds.errors import CloudError, NoCredentials
from wizard.clouds.google import Google
from wizard.federation.gke import ClusterName
from wizard.secret import Secret


@dataclass(frozen=True)
class ClusterAccess:
    """The address and the credentials, as lightkube's configuration; and their source, as a text for the user."""

    config: Any = field(repr=False)
    source: str
    google_token: Secret | None = None
    """The operator's Google token, if it is the credential."""

    @property
    def server(self) -> str:
        """The URL of the API server."""
        return str(self.config.cluster.server)

    def with_token(self, token: Secret) -> ClusterAccess:
        """Return the same with a new Google token."""
        from lightkube.config.models import User

        return replace(self, config=self.config._replace(user=User(token=token.reveal())), google_token=token)


def from_kubeconfig(
    cluster: ClusterName, environ: Mapping[str, str], hosts: frozenset[str] = frozenset()
) -> ClusterAccess | None:
    """Return the context of this cluster: the one that gcloud writes, or one whose server is in `hosts`.

    Returns None if no kubeconfig has one. Ignores the current context, which can be that of another cluster. Raises
    NoCredentials if a kubeconfig cannot be read.
    """
    for file in _files(environ):
        config = _read(file)
        for name in config.contexts:
            if name == cluster.context or _host(config, name) in hosts:
                return ClusterAccess(_single(config, name, file), f"context {name} of {file}")
    return None


def from_container_api(found: dict[str, Any], cluster: ClusterName, token: Secret) -> ClusterAccess:
    """Return the endpoint and the certificate authority of the Container API, with the operator's Google token.

    Uses the DNS endpoint, whose certificate is publicly trusted, if the address is private. Raises CloudError if the
    cluster has no endpoint yet.
    """
    from lightkube.config.kubeconfig import KubeConfig
    from lightkube.config.models import Cluster, User

    if not found.get("endpoint"):
        what = f"{cluster.cluster} has no endpoint; the status of the cluster is {found.get('status', 'unknown')}"
        raise CloudError("container.googleapis.com", f"GET {cluster.name}", None, "NO_ENDPOINT", what)
    by_name = clusters.dns_endpoint(found) if clusters.is_private(found) else None
    authority = None if by_name else found.get("masterAuth", {}).get("clusterCaCertificate")
    server = f"https://{by_name or found.get('endpoint')}"
    server_config = Cluster(server=server, certificate_auth_data=authority)
    config = KubeConfig.from_one(cluster=server_config, user=User(token=token.reveal()), context_name=cluster.context)
    return ClusterAccess(config.get(), f"the endpoint of {cluster.cluster} in the Container API", token)


def find_access(cluster: ClusterName, environ: Mapping[str, str], google: Google) -> ClusterAccess:
    """Return the access to a cluster. Raises CloudError if neither a kubeconfig nor the Container API has it."""
    if access := from_kubeconfig(cluster, environ):
        return access
    try:
        found = clusters.read(google, cluster)
    except CloudError as error:
        if error.status == 403:
            error.hint = f"{error.hint}; or add the context {cluster.context} to your kubeconfig"
        raise
    named = from_kubeconfig(cluster, environ, frozenset(clusters.endpoints(found)))
    return named or from_container_api(found, cluster, google.token())


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield the kubeconfig files that exist, in the order in which kubectl reads them."""
    named = [name for name in environ.get("KUBECONFIG", "").split(os.pathsep) if name]
    home = environ.get("HOME")
    default = [str(Path(home, ".kube", "config"))] if home else []
    yield from (path for path in map(Path, named or default) if path.is_file())


def _read(file: Path) -> Any:
    import msgspec
    import yaml

    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        return kubernetes_models.kubeconfig(content, file)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError, KeyError, TypeError) as error:
        raise unusable(f"{file} is not a valid kubeconfig: {error}") from error


def _host(config: Any, context: str) -> str | None:
    server_config = config.clusters.get(config.contexts[context].cluster)
    return urlsplit(server_config.server).netloc if server_config else None


def _single(config: Any, context: str, file: Path) -> Any:
    try:
        single = config.get(context)
    except KeyError as error:
        raise unusable(f"{file}: the context {context} names {error}, which does not exist") from error
    if single.user is None:
        raise unusable(f"{file}: the context {context} does not name a user")
    return single


def unusable(message: str, hint: str = "fix the file, or set KUBECONFIG to another file") -> NoCredentials:
    """Return the error for a kubeconfig that gives no access to the cluster."""
    return NoCredentials("kubernetes", "credentials", None, "NO_CREDENTIALS", message, hint)
