"""A session with the Kubernetes API of one cluster, with the operator's credentials."""

from __future__ import annotations

import ipaddress
import threading
import weakref
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from wizard.clouds import calls, clusters, kubernetes_access, kubernetes_models
from wizard.clouds.errors import CloudError, NoCredentials, Unreachable, is_transient
from wizard.clouds.google import Google
from wizard.clouds.kubernetes_access import ClusterAccess
from wizard.federation.gke import ClusterName
from wizard.secret import Secret

T = TypeVar("T")

ALL = "*"
"""Stands for all namespaces."""

CONNECT, READ = 10.0, 60.0
"""Timeouts for the connection and for the answer, in seconds."""

PAGE = 2500
"""How many objects of a list are read at a time."""

RETRY_FOR = 5.0
"""Seconds for which a call is retried after transient refusals."""


class Kubernetes:
    """Reads and writes the objects of one cluster, as lightkube's types. Raises CloudError for every refusal.

    A `kind` is a class such as `lightkube.resources.core_v1.ServiceAccount`. `namespace` is None for kinds without one.
    """

    def __init__(self, cluster: ClusterName, environ: Mapping[str, str], google: Google) -> None:
        self.cluster = cluster
        self._environ = environ
        self._google = google
        self._lock = threading.Lock()
        self._access: ClusterAccess | None = None
        self._token: Secret | None = None
        self._client: Any = None

    @property
    def access(self) -> ClusterAccess:
        """The address of the cluster and the credentials for it. Raises CloudError."""
        with self._lock:
            return self._find_access()

    def announce(self, kind: type[Any], name: str, namespace: str | None = None) -> None:
        """Say that this object will be read. A session that only reads can then ask for many at once."""

    def get(self, kind: type[T], name: str, namespace: str | None = None) -> T:
        """Return an object. Raises CloudError, with status 404 if it does not exist."""
        found: T = self._call("get", kind, name, namespace, lambda c: c.get(kind, name, **_in(namespace)))
        return found

    def get_or_none(self, kind: type[T], name: str, namespace: str | None = None) -> T | None:
        """Return an object; None if it does not exist. Raises CloudError."""
        try:
            return self.get(kind, name, namespace)
        except CloudError as error:
            if error.status == 404:
                return None
            raise

    def list_objects(
        self,
        kind: type[T],
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> list[T]:
        """Return the objects of a kind in a namespace, or in all of them (`ALL`). Raises CloudError."""
        selectors: dict[str, Any] = {"labels": labels and dict(labels), "fields": fields and dict(fields)}
        found: list[T] = self._call(
            "list", kind, "", namespace, lambda c: list(c.list(kind, **_in(namespace), chunk_size=PAGE, **selectors))
        )
        return found

    def create(self, thing: T, namespace: str | None = None, of: str | None = None) -> T:
        """Create an object, and return it. `of` is the name of the object that a subresource belongs to.

        Raises CloudError.
        """
        metadata: Any = getattr(thing, "metadata", None)
        name = of or (metadata and metadata.name) or ""
        subject = (of,) if of else ()
        created: T = self._call(
            "create", type(thing), name, namespace, lambda c: c.create(thing, *subject, **_in(namespace))
        )
        return created

    def patch(self, kind: type[T], name: str, change: dict[str, Any], namespace: str | None = None) -> T:
        """Merge `change` into an object, and return it. It is a JSON merge patch: null removes. Raises CloudError."""
        from lightkube.types import PatchType

        def merge(client: Any) -> T:
            patched: T = client.patch(kind, name, change, patch_type=PatchType.MERGE, **_in(namespace))
            return patched

        return self._call("patch", kind, name, namespace, merge)

    def delete(
        self,
        kind: type[Any],
        name: str,
        namespace: str | None = None,
        grace: int | None = None,
        cascade: bool = False,
    ) -> None:
        """Delete an object. `grace` is in seconds; 0 deletes at once. `cascade`: also delete what it owns.

        Raises CloudError, with status 404 if it does not exist.
        """
        from lightkube.types import CascadeType

        options = {"grace_period": grace, "cascade": CascadeType.BACKGROUND if cascade else None}
        self._call("delete", kind, name, namespace, lambda c: c.delete(kind, name, **_in(namespace), **options))

    def log(self, pod: str, namespace: str, container: str | None = None) -> list[str]:
        """Return the lines that a pod has printed so far. Raises CloudError."""
        from lightkube.resources.core_v1 import PodLog

        def lines(client: Any) -> list[str]:
            return list(client.log(pod, namespace=namespace, container=container, newlines=False))

        return self._call("get", PodLog, pod, namespace, lines)

    def allowed(self, verb: str, resource: str, namespace: str | None = None, group: str = "") -> bool:
        """Return whether the operator can, for example, `create` `serviceaccounts/token`. Raises CloudError."""
        from lightkube.models.authorization_v1 import ResourceAttributes, SelfSubjectAccessReviewSpec
        from lightkube.resources.authorization_v1 import SelfSubjectAccessReview

        kind, _, part = resource.partition("/")
        asked = ResourceAttributes(group=group, namespace=namespace, resource=kind, subresource=part or None, verb=verb)
        review = self.create(SelfSubjectAccessReview(spec=SelfSubjectAccessReviewSpec(resourceAttributes=asked)))
        return bool(review.status and review.status.allowed)

    def _call(self, verb: str, kind: type[Any], name: str, namespace: str | None, call: Callable[[Any], T]) -> T:
        """Call the API. Retries transient refusals for RETRY_FOR seconds."""
        from google.api_core.exceptions import RetryError
        from google.api_core.retry import Retry

        def transient(error: Exception) -> bool:
            return isinstance(error, CloudError) and error.transient

        kubernetes_models.prepare(kind)
        place = "/".join(part for part in (namespace, name) if part and part != ALL)
        operation = " ".join(part for part in (verb, _plural(kind), place) if part)
        retry = Retry(predicate=transient, initial=0.2, maximum=5.0, multiplier=2.0, timeout=RETRY_FOR)
        try:
            answer: T = retry(self._once)(operation, call)
        except RetryError as error:  # the time is up: raise the last refusal
            if isinstance(error.cause, Unreachable):
                error.cause.hint = self._network_hint()
            raise error.cause from None
        return answer

    def _once(self, operation: str, call: Callable[[Any], T]) -> T:
        client = self._current_client()
        with calls.logged("kubernetes", operation, calls.place(self.access.server)):
            return self._answered(client, operation, call)

    def _answered(self, client: Any, operation: str, call: Callable[[Any], T]) -> T:
        import httpx2
        import msgspec
        from lightkube.core.exceptions import ApiError, ConfigError

        try:
            return call(client)
        except ApiError as error:
            raise self._refusal(operation, error.status.code, error.status.reason, error.status.message) from error
        except httpx2.HTTPStatusError as error:
            answer = error.response
            raise self._refusal(operation, answer.status_code, answer.reason_phrase, answer.text[:500]) from error
        except httpx2.TransportError as error:
            raise self._unreachable(operation, error) from error
        except msgspec.MsgspecError as error:
            what = f"the wizard cannot read the answer: {error}"
            raise CloudError(self._service, operation, None, "UNREADABLE", what) from error
        except (ConfigError, OSError, ValueError, KeyError) as error:  # from the plugin of a kubeconfig
            raise kubernetes_access.unusable(f"{self.access.source}: {error}", self._again) from error

    def _current_client(self) -> Any:
        """Return the client. Creates a new one when the operator's Google token was renewed."""
        with self._lock:
            access = self._find_access()
            if self._token and (token := self._google.token()) != self._token:
                self._token, self._client = token, None
                access = self._access = access.with_token(token)
            if self._client is None:
                self._client = self._create_client(access)
            return self._client

    def _find_access(self) -> ClusterAccess:
        if self._access is None:
            self._access = kubernetes_access.find_access(self.cluster, self._environ, self._google)
            self._token = self._access.google_token
        return self._access

    def _create_client(self, access: ClusterAccess) -> Any:
        import httpx2
        from lightkube import Client
        from lightkube.core.exceptions import ConfigError

        try:
            client = Client(access.config, timeout=httpx2.Timeout(READ, connect=CONNECT), field_manager="wif-wizard")
        except (ConfigError, OSError, ValueError) as error:  # missing files or invalid certificates
            raise kubernetes_access.unusable(f"{access.source}: {error}", self._again) from error
        weakref.finalize(self, client.close)  # other threads may still use it when it is replaced
        return client

    @property
    def _service(self) -> str:
        return f"kubernetes {self.cluster.cluster}"

    @property
    def _again(self) -> str:
        name = self.cluster
        flags = f"--location={name.location} --project={name.project}"
        return f"run `gcloud container clusters get-credentials {name.cluster} {flags}`"

    def _refusal(self, operation: str, status: int | None, reason: str | None, message: str | None) -> CloudError:
        service, words = self._service, message or "no message"
        if status == 401:
            return NoCredentials(service, operation, status, reason or "Unauthorized", words, self._sign_in_hint())
        hint = _RBAC if status == 403 and "forbidden: User" in words else ""
        return CloudError(service, operation, status, reason or str(status), words, hint, is_transient(status))

    def _sign_in_hint(self) -> str:
        return f"the cluster does not accept {self.access.source}: {self._again}"

    def _unreachable(self, operation: str, error: Exception) -> Unreachable:
        access, service = self.access, self._service
        what = f"{access.server} did not answer ({access.source}): {error or type(error).__name__}"
        return Unreachable(service, operation, None, "UNREACHABLE", what, transient=True)

    def _network_hint(self) -> str:
        """Return the likely reason why the cluster did not answer, from its address and the Container API."""
        host = urlsplit(self.access.server).hostname or ""
        try:
            found = clusters.read(self._google, self.cluster)
        except CloudError:  # this call only helps to explain another refusal
            found = {}
        if clusters.is_private(found) or _is_private(host):
            return f"{host} is the cluster's private endpoint: connect from the cluster's own network"
        if found.get("masterAuthorizedNetworksConfig", {}).get("enabled"):
            return "the cluster accepts only its authorized networks: add the address of this machine to them"
        status = found.get("status", "RUNNING")
        if status != "RUNNING":
            return f"the cluster is {status}: its control plane can be unavailable for some minutes"
        return "check the network between this machine and the cluster"


_RBAC = "ask for the permission in the cluster (RBAC), or for roles/container.developer on the project"


def _in(namespace: str | None) -> dict[str, str]:
    return {} if namespace is None else {"namespace": namespace}


def _plural(kind: type[Any]) -> str:
    from lightkube.core.resource import api_info

    info = api_info(kind)
    return f"{info.plural}/{info.action}" if info.action else info.plural


def _is_private(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_private and not address.is_loopback
