"""Finds the address and the credentials for a cluster's Kubernetes API: from a kubeconfig, or the Container API."""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wizard.clouds import clusters, kubernetes_plugin
from wizard.clouds.errors import CloudError
from wizard.clouds.google import Google
from wizard.clouds.google_credentials import is_token
from wizard.clouds.kubeconfig import Context, Entry, Kubeconfig, unusable
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.secret import Secret

_IMPERSONATE = {"as": "Impersonate-User", "as-uid": "Impersonate-Uid"}
_CONTAINER_API = "the endpoint of {cluster} in the GKE API"
_NO_PLUGIN = "the endpoint of {cluster} in the GKE API, used because the plugin {plugin} of {context} is not installed"


@dataclass(frozen=True)
class Connection:
    """How to reach an API server: its URL, the certificates to trust (PEM, None for the public ones), and a proxy."""

    server: str
    authority: bytes | None = field(default=None, repr=False)
    tls_server_name: str = ""
    insecure: bool = False
    proxy: str = ""


@dataclass(frozen=True)
class Login:
    """What to show to the API server: headers, and a client certificate with its key (PEM)."""

    headers: tuple[tuple[str, Secret], ...] = ()
    certificate: bytes = field(default=b"", repr=False)
    key: bytes = field(default=b"", repr=False)


class ClusterAccess(ABC):
    """The address of a cluster, the credentials for it, and their source, as a text for the user."""

    connection: Connection
    source: str

    @property
    def server(self) -> str:
        """The URL of the API server."""
        return self.connection.server

    @abstractmethod
    def login(self) -> Login:
        """Return the current credentials. Raises NoCredentials."""

    def renew(self) -> bool:
        """Forget credentials that the server refused. Returns whether `login` can return others now."""
        return False


class KubeconfigAccess(ClusterAccess):
    """The way into a cluster that a context of a kubeconfig describes."""

    def __init__(self, context: Context, environ: Mapping[str, str]) -> None:
        self._context, self._environ = context, environ
        self._given: kubernetes_plugin.Given | None = None
        self.source = context.source
        self.connection = _connection(context)

    def login(self) -> Login:
        """Return what the user of the context shows. Runs its plugin if there is no valid answer of it."""
        user = self._context.user
        certificate, key = _content(user, "client-certificate"), _content(user, "client-key")
        headers = [*self._authorization(user), *_impersonation(user)]
        if "exec" in user.content:
            if self._given is None or not self._given.is_valid:
                self._given = kubernetes_plugin.run(self._context, self._environ)
            if self._given.token:
                headers.append(("Authorization", _bearer(self._given.token.reveal(), self.source)))
            if self._given.key:
                certificate, key = self._given.certificate.encode(), self._given.key.reveal().encode()
        return Login(tuple(headers), certificate or b"", key or b"")

    def renew(self) -> bool:
        """Forget what the plugin gave."""
        had, self._given = self._given, None
        return had is not None

    def _authorization(self, user: Entry) -> list[tuple[str, Secret]]:
        if "auth-provider" in user.content:
            raise unusable(
                _(
                    "{source}: the user entry has an auth-provider, which the wizard does not support (kubectl 1.26 "
                    "or newer supports only oidc)"
                ).format(source=self.source)
            )
        file = user.path("tokenFile")
        token = kubernetes_plugin.read(file).decode("utf-8", "replace").strip() if file else user.text("token")
        if token:
            return [("Authorization", _bearer(token, self.source))]
        if user.text("username"):
            pair = f"{user.text('username')}:{user.text('password')}"
            return [("Authorization", Secret(f"Basic {base64.b64encode(pair.encode()).decode()}"))]
        return []


class ContainerApiAccess(ClusterAccess):
    """The endpoint of a cluster in the Container API, with the operator's Google token.

    Uses the DNS endpoint, whose certificate is publicly trusted, if the address is private.
    """

    def __init__(self, found: Mapping[str, Any], cluster: ClusterName, google: Google, without: Context | None) -> None:
        """`without` is a context of the kubeconfig whose plugin is not installed.

        Raises CloudError if the cluster has no endpoint yet.
        """
        found = dict(found)
        if not found.get("endpoint"):
            status = found.get("status", "unknown")
            what = _("{cluster} has no endpoint; the status of the cluster is {status}").format(
                cluster=cluster.cluster, status=status
            )
            raise CloudError("container.googleapis.com", f"GET {cluster.name}", None, "NO_ENDPOINT", what)
        by_name = clusters.dns_endpoint(found) if clusters.is_private(found) else None
        authority = None if by_name else found.get("masterAuth", {}).get("clusterCaCertificate")
        self.source = _source(cluster, without)
        server = f"https://{by_name or found['endpoint']}"
        self.connection = Connection(server, _decoded(authority, self.source) if authority else None)
        self._google = google

    def login(self) -> Login:
        """Return the operator's Google token."""
        return Login((("Authorization", Secret(f"Bearer {self._google.token().reveal()}")),))


def find_access(cluster: ClusterName, environ: Mapping[str, str], google: Google) -> ClusterAccess:
    """Return the access to a cluster. Raises CloudError if neither a kubeconfig nor the Container API has it.

    Takes the context that gcloud writes, or one whose server is the cluster's. Ignores the current context, which can
    be that of another cluster. If the plugin of the context is not installed, takes the Container API and says so.
    """
    kubeconfig = Kubeconfig(environ)
    context = kubeconfig.find(cluster.context)
    if context and not kubernetes_plugin.is_missing(context, environ):
        return KubeconfigAccess(context, environ)
    try:
        found = clusters.read(google, cluster)
    except CloudError as error:
        if context:
            kubernetes_plugin.run(context, environ)  # raises MissingPlugin, which says how to install it
        if error.status == 403:
            error.hint = _("{hint}. Alternatively, add the context {context} to your kubeconfig").format(
                hint=error.hint, context=cluster.context
            )
        raise
    context = context or kubeconfig.find(cluster.context, frozenset(clusters.endpoints(found)))
    if context and not kubernetes_plugin.is_missing(context, environ):
        return KubeconfigAccess(context, environ)
    return ContainerApiAccess(found, cluster, google, context)


def _source(cluster: ClusterName, without: Context | None) -> str:
    if without is None:
        return _(_CONTAINER_API).format(cluster=cluster.cluster)
    plugin = Entry(without.user.content["exec"], without.user.file).text("command")
    return _(_NO_PLUGIN).format(cluster=cluster.cluster, plugin=plugin, context=without.source)


def _connection(context: Context) -> Connection:
    cluster = context.cluster
    insecure = cluster.content.get("insecure-skip-tls-verify") is True
    authority = _content(cluster, "certificate-authority")
    if insecure and authority:
        raise unusable(
            _("{source}: the cluster entry has both insecure-skip-tls-verify and a certificate authority").format(
                source=context.source
            )
        )
    server = cluster.text("server")
    if not server.startswith(("https://", "http://")):
        raise unusable(
            _("{source}: the URL of the cluster's server does not start with https://").format(source=context.source)
        )
    return Connection(server, authority, cluster.text("tls-server-name"), insecure, cluster.text("proxy-url"))


def _content(entry: Entry, key: str) -> bytes | None:
    """Return the PEM data of a key such as client-key: its data come before its file. None if it has neither."""
    if data := entry.text(f"{key}-data"):
        return _decoded(data, f"{key}-data of {entry.file}")
    path = entry.path(key)
    return kubernetes_plugin.read(path) if path else None


def _decoded(data: str, where: str) -> bytes:
    try:
        return base64.b64decode(data)
    except ValueError:
        raise unusable(_("{where} is not valid base64").format(where=where)) from None


def _bearer(token: str, source: str) -> Secret:
    if not is_token(token):
        raise unusable(
            _("{source}: the token has a line break or another character that is not allowed in a token").format(
                source=source
            )
        )
    return Secret(f"Bearer {token}")


def _impersonation(user: Entry) -> list[tuple[str, Secret]]:
    headers = [(header, Secret(user.text(key))) for key, header in _IMPERSONATE.items() if user.text(key)]
    groups = user.content.get("as-groups") or []
    return headers + [("Impersonate-Group", Secret(str(group))) for group in groups]
