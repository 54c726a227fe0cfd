"""The HTTP connection to a Kubernetes API: its certificates, its proxy and the credentials; and what it refuses."""

from __future__ import annotations

import ssl
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

import httpx2

from wizard.clouds.kubeconfig import unusable
from wizard.clouds.kubernetes_access import Connection, Login
from wizard.clouds.network import proxy_for
from wizard.language import _


class HttpRefusal(Exception):  # noqa: N818 (a refusal, as others)
    """The API answered with an error status. `content` is the body of the answer, which is never shown as it is."""

    def __init__(self, status: int, content: bytes, retry_after: str | None) -> None:
        super().__init__(f"HTTP {status}")
        self.status, self.content, self.retry_after = status, content, retry_after


class ClusterTransport(httpx2.BaseTransport):
    """Sends requests with the credentials, and raises HttpRefusal for each answer with an error status."""

    def __init__(self, connection: Connection, login: Login, source: str, environ: Mapping[str, str]) -> None:
        """Raises NoCredentials if the certificates or the proxy cannot be used. `source` names them in the message."""
        self._login = login
        self._extensions = {"sni_hostname": connection.tls_server_name} if connection.tls_server_name else {}
        self._last = threading.local()
        try:
            proxy = connection.proxy or proxy_for(connection.server, environ)
            self._transport = httpx2.HTTPTransport(verify=_context(connection, login), proxy=proxy)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            reason = _reason(error)
            raise unusable(
                _("{source}: the wizard cannot use the certificates or the proxy: {reason}").format(
                    source=source, reason=reason
                )
            ) from None
        except ImportError:
            raise unusable(
                _("{source}: the proxy is a SOCKS proxy, which the wizard does not support").format(source=source)
            ) from None

    @property
    def status(self) -> int | None:
        """The status of this thread's last answer; None if the last request had none."""
        return getattr(self._last, "status", None)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request. Raises HttpRefusal, and what httpx raises."""
        self._last.status = None
        for name, value in self._login.headers:
            request.headers[name] = value.reveal()
        request.extensions = {**request.extensions, **self._extensions}
        response = self._transport.handle_request(request)
        self._last.status = response.status_code
        if response.status_code < 300:
            return response
        try:
            content = response.read()
        finally:
            response.close()
        raise HttpRefusal(response.status_code, content, response.headers.get("retry-after"))

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


def _context(connection: Connection, login: Login) -> ssl.SSLContext | bool:
    if connection.server.startswith("http://"):
        return False
    if connection.authority:
        context = ssl.create_default_context(cadata=connection.authority.decode("ascii", "replace"))
    else:
        context = httpx2.create_ssl_context(verify=not connection.insecure)
    if login.certificate:
        _load(context, login)
    return context


def _load(context: ssl.SSLContext, login: Login) -> None:
    """Load the client certificate. Python takes it only from files, which are private and removed at once."""
    with tempfile.TemporaryDirectory(prefix="wif-wizard-") as folder:
        certificate, key = Path(folder, "certificate"), Path(folder, "key")
        for path, content in ((certificate, login.certificate), (key, login.key)):
            path.touch(mode=0o600)
            path.write_bytes(content)
        context.load_cert_chain(certificate, key if login.key else None, password=lambda: b"")


def _reason(error: Exception) -> str:
    """Return why, without quoting a certificate or a key."""
    if isinstance(error, ssl.SSLError):
        return error.reason or "the certificates are not valid PEM"
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "the certificates are not valid"
