"""A session with the Kubernetes API of one cluster, with the operator's credentials."""

from __future__ import annotations

import ipaddress
import threading
import weakref
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlsplit

from wizard.clouds import calls, clusters, kubernetes_access, kubernetes_models, retrying, way_out
from wizard.clouds.answers import Source, decode
from wizard.clouds.errors import AFTER_THE_EFFECT, CloudError, NoCredentials, Unreachable, Unreadable, is_transient
from wizard.clouds.google import Google
from wizard.clouds.kubernetes_access import ClusterAccess, Login
from wizard.clouds.wording import words
from wizard.federation.gke import ClusterName
from wizard.language import _

if TYPE_CHECKING:
    from wizard.clouds.kubernetes_transport import HttpRefusal

T = TypeVar("T")

ALL = "*"
"""Stands for all namespaces."""

CONNECT, READ = 10.0, 60.0
"""Timeouts for the connection and for the answer, in seconds."""

PAGE = 2500
"""How many objects of a list are read at a time."""

RETRY_FOR = retrying.RETRY_FOR
"""Seconds for which a call is retried after transient refusals."""

UNREACHABLE_FOR = 5.0
"""Seconds for which a call is retried while the cluster does not answer at all."""

_READS = ("get ", "list ", "create selfsubjectaccessreviews", "create serviceaccounts/token")
"""How operations begin that change nothing."""


def load() -> None:
    """Import the client as a whole: its modules import each other, and two threads that import parts would deadlock."""
    import lightkube  # noqa: F401


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
        self._login: Login | None = None
        self._client: tuple[Any, Any] | None = None
        self._announced: dict[type[Any], set[tuple[str | None, str]]] = defaultdict(set)

    @property
    def access(self) -> ClusterAccess:
        """The address of the cluster and the credentials for it. Raises CloudError."""
        with self._lock:
            return self._find_access()

    def announce(self, kind: type[Any], name: str, namespace: str | None = None) -> None:
        """Say that this object will be read, so that many can be read at once."""
        self._announced[kind].add((namespace, name))

    def announced(self, kind: type[Any]) -> set[tuple[str | None, str]]:
        """Return the namespaces and names of the objects of a kind that were announced."""
        return set(self._announced[kind])

    def has_announced_account(self, namespace: str) -> bool:  # noqa: ARG002 (sessions that share reads know more)
        """Return whether a service account that was announced exists in a namespace, if one read can tell that."""
        return False

    def get(self, kind: type[T], name: str, namespace: str | None = None) -> T:
        """Return an object. Raises CloudError, with status 404 if it does not exist."""
        found: T = self._call("get", kind, name, namespace, lambda c: c.get(kind, _segment(name), **_in(namespace)))
        return found

    def get_or_none(self, kind: type[T], name: str, namespace: str | None = None) -> T | None:
        """Return an object; None if it does not exist. Raises CloudError."""
        try:
            return self.get(kind, name, namespace)
        except CloudError as error:
            if error.status == 404 and not isinstance(error, Unreadable):
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
        subject = (_segment(of),) if of else ()

        def make(client: Any) -> T:
            created: T = client.create(thing, *subject, **_in(namespace))
            return created

        return self._call("create", type(thing), name, namespace, make)

    def patch(self, kind: type[T], name: str, change: dict[str, Any], namespace: str | None = None) -> T:
        """Merge `change` into an object, and return it. It is a JSON merge patch: null removes. Raises CloudError."""
        from lightkube.types import PatchType

        return self._patch(kind, name, change, namespace, PatchType.MERGE)

    def patch_strategic(self, kind: type[T], name: str, change: dict[str, Any], namespace: str | None = None) -> T:
        """Merge `change` into an object, and return it. It is a strategic merge patch: lists merge by their keys.

        Raises CloudError.
        """
        from lightkube.types import PatchType

        return self._patch(kind, name, change, namespace, PatchType.STRATEGIC)

    def _patch(self, kind: type[T], name: str, change: dict[str, Any], namespace: str | None, how: Any) -> T:
        def merge(client: Any) -> T:
            patched: T = client.patch(kind, _segment(name), change, patch_type=how, **_in(namespace))
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

        def remove(client: Any) -> None:
            client.delete(kind, _segment(name), **_in(namespace), **options)

        self._call("delete", kind, name, namespace, remove)

    def log(self, pod: str, namespace: str, container: str | None = None) -> list[str]:
        """Return the lines that a pod has printed so far. Raises CloudError."""
        from lightkube.resources.core_v1 import PodLog

        def lines(client: Any) -> list[str]:
            return list(client.log(_segment(pod), **_in(namespace), container=container, newlines=False))

        return self._call("get", PodLog, pod, namespace, lines)

    def namespaced_kinds(self) -> list[type[Any]]:
        """Return a kind for every kind of object that a namespace can have. Its objects have metadata only.

        Raises CloudError.
        """
        from wizard.clouds import kubernetes_discovery

        found = kubernetes_discovery.namespaced(self._document)
        return [kubernetes_discovery.class_of(resource) for resource in found]

    def _document(self, path: str) -> dict[str, Any]:
        """Return the document at a path of the API, such as /apis. Raises CloudError."""
        import httpx2

        operation = f"get {path}"

        def read(_: Any) -> dict[str, Any]:
            _, transport = self._current_client()
            request = httpx2.Request("GET", f"{self.access.server.rstrip('/')}{path}")
            response = transport.handle_request(request)
            try:
                content = response.read()
            finally:
                response.close()
            return decode(content, replace(self._source(operation), status=response.status_code))

        return retrying.retried(lambda: self._once(operation, read), RETRY_FOR, UNREACHABLE_FOR)

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
        kubernetes_models.prepare(kind)
        place = "/".join(part for part in (namespace, name) if part and part != ALL)
        operation = " ".join(part for part in (verb, _plural(kind), place) if part)
        try:
            return retrying.retried(lambda: self._once(operation, call), RETRY_FOR, UNREACHABLE_FOR)
        except Unreachable as error:
            error.hint = error.hint or self._network_hint()
            raise

    def _once(self, operation: str, call: Callable[[Any], T]) -> T:
        try:
            return self._logged(operation, call)
        except NoCredentials as error:
            with self._lock:
                renewed = error.status == 401 and self._find_access().renew()
            if not renewed:
                raise
        return self._logged(operation, call)

    def _logged(self, operation: str, call: Callable[[Any], T]) -> T:
        client, transport = self._current_client()
        with calls.logged("kubernetes", operation, calls.place(self.access.server)):
            return self._answered(client, transport, operation, call)

    def _answered(self, client: Any, transport: Any, operation: str, call: Callable[[Any], T]) -> T:
        import httpx2
        import msgspec

        from wizard.clouds.kubernetes_transport import HttpRefusal

        source = self._source(operation)
        try:
            with self._google.pacer.call():
                answer = call(client)
        except HttpRefusal as refusal:
            raise self._refusal(replace(source, status=refusal.status), refusal) from None
        except httpx2.TransportError as error:
            raise self._unreachable(source, error) from None
        except (msgspec.MsgspecError, httpx2.HTTPError, httpx2.InvalidURL, UnicodeDecodeError):
            source = replace(source, status=transport.status)
            source.refuse(_(_OTHER))
        if isinstance(answer, msgspec.Struct) and not _is_complete(answer):
            replace(source, status=transport.status).refuse(_(_OTHER))
        return answer

    def _source(self, operation: str) -> Source:
        writes = not operation.startswith(_READS)
        return Source(self._service, operation, urlsplit(self.access.server).netloc, lost=writes)

    def _current_client(self) -> tuple[Any, Any]:
        """Return the client and its transport. Creates new ones when the credentials are others than before."""
        with self._lock:
            access = self._find_access()
            login = access.login()
            if self._client is None or login != self._login:
                self._login, self._client = login, self._create_client(access, login)
            return self._client

    def _find_access(self) -> ClusterAccess:
        if self._access is None:
            self._access = kubernetes_access.find_access(self.cluster, self._environ, self._google)
        return self._access

    def _create_client(self, access: ClusterAccess, login: Login) -> tuple[Any, Any]:
        import httpx2
        from lightkube import Client
        from lightkube.config.kubeconfig import KubeConfig
        from lightkube.config.models import Cluster, User

        from wizard.clouds.kubernetes_transport import ClusterTransport

        transport = ClusterTransport(access.connection, login, access.source, self._environ)
        # The transport alone has the certificates and the credentials: lightkube need not load any.
        config = KubeConfig.from_one(cluster=Cluster(server=access.server, insecure=True), user=User())
        timeout = httpx2.Timeout(READ, connect=CONNECT)
        client = Client(config.get(), timeout=timeout, field_manager="wif-wizard", transport=transport)
        weakref.finalize(self, client.close)  # other threads may still use it when it is replaced
        return client, transport

    @property
    def _service(self) -> str:
        return f"kubernetes {self.cluster.cluster}"

    @property
    def _again(self) -> str:
        name = self.cluster
        flags = f"--location={name.location} --project={name.project}"
        return f"run `gcloud container clusters get-credentials {name.cluster} {flags}`"

    def _refusal(self, source: Source, refusal: HttpRefusal) -> CloudError:
        """Return the error for an answer with an error status: a Status object in the cluster's own words."""
        status, asked = refusal.status, retrying.seconds_asked(refusal.retry_after)
        source = replace(source, lost=source.lost and status in AFTER_THE_EFFECT)
        try:
            answer = decode(refusal.content, source)
            reason, words = answer.get("reason", "") or str(status), answer.get("message", "") or "no message"
            if answer.get("kind", "") != "Status":
                source.refuse(_("the response body is not a Status object of the Kubernetes API"))
        except Unreadable as unreadable:
            unreadable.retry_after = asked
            return unreadable
        place = (source.service, source.operation, status)
        if status == 401:
            return NoCredentials(*place, reason, words, self._sign_in_hint())
        hint = _(_RBAC) if status == 403 and "forbidden: User" in words else ""
        transient = is_transient(status)
        return CloudError(*place, reason, words, hint, transient, lost=source.lost, retry_after=asked)

    def _sign_in_hint(self) -> str:
        return _("the cluster does not accept the credentials from {source}: {again}").format(
            source=self.access.source, again=self._again
        )

    def _unreachable(self, source: Source, error: Exception) -> Unreachable:
        access = self.access
        host = urlsplit(access.server).hostname or ""
        found = way_out.obstacle(repr(error), host, self._environ)
        if found is not None and found.is_here:
            place = (source.service, source.operation, None, way_out.NO_ANSWER)
            return Unreachable(*place, found.message, found.hint, not found.lasts)
        reason = words(error)
        what = _("{server} did not answer ({source}): {reason}").format(
            server=access.server, source=access.source, reason=reason
        )
        lost = source.lost and type(error).__name__ not in ("ConnectError", "ConnectTimeout", "ProxyError")
        return Unreachable(source.service, source.operation, None, "UNREACHABLE", what, transient=True, lost=lost)

    def _network_hint(self) -> str:
        """Return the likely reason why the cluster did not answer, from its address and the Container API."""
        host = urlsplit(self.access.server).hostname or ""
        try:
            found = clusters.read(self._google, self.cluster)
        except CloudError:  # this call only helps to explain another refusal
            found = {}
        if clusters.is_private(found) or _is_private(host):
            return _("{host} is the cluster's private endpoint: connect from the cluster's own network").format(
                host=host
            )
        if found.get("masterAuthorizedNetworksConfig", {}).get("enabled"):
            return _(
                "the cluster accepts calls only from its authorized networks: add the address of this machine to the "
                "authorized networks"
            )
        status = found.get("status", "RUNNING")
        if status != "RUNNING":
            return _("the cluster is {status}: its control plane can be unavailable for a few minutes").format(
                status=status
            )
        return _("check the network between this machine and the cluster")


_OTHER = "the response body is not the expected Kubernetes object"
_RBAC = "ask for the missing permission in the cluster (RBAC), or for roles/container.developer on the project"


def _in(namespace: str | None) -> dict[str, str]:
    return {} if namespace is None else {"namespace": namespace if namespace == ALL else _segment(namespace)}


def _segment(name: str) -> str:
    """Return a name as one segment of a URL's path. Raises CloudError for a name that no object can have."""
    if name in ("", ".", ".."):
        raise CloudError(
            "kubernetes",
            "call",
            None,
            "InvalidName",
            _('"{name}" is not a valid name of a Kubernetes object').format(name=name),
        )
    return quote(name, safe="")


def _is_complete(answer: Any) -> bool:
    """Return whether an answer says that it is of the kind that was asked for, and has the metadata of all objects."""
    from lightkube.core.resource import api_info

    expected = api_info(type(answer)).resource.kind
    return getattr(answer, "kind", expected) == expected and answer.metadata is not None


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
