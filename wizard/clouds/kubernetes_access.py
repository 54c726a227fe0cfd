"""How the operator gets to the Kubernetes API of one cluster: by a kubeconfig, or as the Container API tells."""

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
class Access:
    """A way in: lightkube's configuration, and where it comes from."""

    config: Any = field(repr=False)
    source: str
    google_token: Secret | None = None
    """The operator's Google token, where that is what opens the door."""

    @property
    def server(self) -> str:
        """The URL of the API server."""
        return str(self.config.cluster.server)

    def with_token(self, token: Secret) -> Access:
        """The same way with a newer Google token."""
        from lightkube.config.models import User

        return replace(self, config=self.config._replace(user=User(token=token.reveal())), google_token=token)


def from_kubeconfig(
    cluster: ClusterName, environ: Mapping[str, str], hosts: frozenset[str] = frozenset()
) -> Access | None:
    """The context that leads to this cluster: by the name that gcloud gives it, or by its server being one of `hosts`.

    The current context is not taken for it: it may lead to another cluster. Raises NoCredentials when a kubeconfig
    cannot be read.
    """
    for file in _files(environ):
        config = _read(file)
        for name in config.contexts:
            if name == cluster.context or _host(config, name) in hosts:
                return Access(_single(config, name, file), f"context {name} of {file}")
    return None


def from_container_api(found: dict[str, Any], cluster: ClusterName, token: Secret) -> Access:
    """The endpoint and the certificate authority that the Container API names, with the operator's Google token.

    The DNS endpoint is taken where the address is a private one: it has a certificate that everyone knows. Raises
    CloudError when there is no endpoint yet.
    """
    from lightkube.config.kubeconfig import KubeConfig
    from lightkube.config.models import Cluster, User

    if not found.get("endpoint"):
        what = f"{cluster.cluster} has no endpoint: it is {found.get('status', 'of unknown status')}"
        raise CloudError("container.googleapis.com", f"GET {cluster.name}", None, "NO_ENDPOINT", what)
    by_name = clusters.dns_endpoint(found) if clusters.is_private(found) else None
    authority = None if by_name else found.get("masterAuth", {}).get("clusterCaCertificate")
    server = f"https://{by_name or found.get('endpoint')}"
    there = Cluster(server=server, certificate_auth_data=authority)
    config = KubeConfig.from_one(cluster=there, user=User(token=token.reveal()), context_name=cluster.context)
    return Access(config.get(), f"the endpoint that the Container API names for {cluster.cluster}", token)


def find(cluster: ClusterName, environ: Mapping[str, str], google: Google) -> Access:
    """The way in. Raises CloudError when no kubeconfig knows the cluster and the Container API does not show it."""
    if access := from_kubeconfig(cluster, environ):
        return access
    try:
        found = clusters.read(google, cluster)
    except CloudError as error:
        if error.status == 403:
            error.hint = f"{error.hint}; no kubeconfig has the context {cluster.context} either"
        raise
    named = from_kubeconfig(cluster, environ, frozenset(clusters.endpoints(found)))
    return named or from_container_api(found, cluster, google.token())


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    """The kubeconfig files that there are, as kubectl looks for them."""
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
        raise unusable(f"{file} is no kubeconfig that can be read: {error}") from error


def _host(config: Any, context: str) -> str | None:
    there = config.clusters.get(config.contexts[context].cluster)
    return urlsplit(there.server).netloc if there else None


def _single(config: Any, context: str, file: Path) -> Any:
    try:
        single = config.get(context)
    except KeyError as error:
        raise unusable(f"{file}: the context {context} names {error}, which is not there") from error
    if single.user is None:
        raise unusable(f"{file}: the context {context} names no user")
    return single


def unusable(message: str, hint: str = "mend it, or set KUBECONFIG to another file") -> NoCredentials:
    """The error for a kubeconfig that does not lead into the cluster."""
    return NoCredentials("kubernetes", "credentials", None, "NO_CREDENTIALS", message, hint)
