"""moto, in this process: its WSGI application and its models, for one account.

Nothing of moto is imported before the first `submit`, which takes up to two seconds then. All of it happens in one
worker thread: moto's models are not made for more. moto keeps its state in globals; each Backend brings its own state
along, so that several can live in one process.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import cache, partial
from typing import Any, TypeVar
from urllib.parse import urlencode

from .errors import AwsRefusal, unknown_action
from .images import make_when_asked
from .inputs import by_path
from .messages import Message, Reply
from .protocols import SERVICES, Service
from .worker import Worker
from .wsgi import call, environ

T = TypeVar("T")
_WORKER = Worker("sandbox-aws")
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
_PASSED_ON = ("accept", "content-type", "content-encoding", "x-amz-target", "x-amz-invocation-type", "x-amz-log-type")
_FOREVER = {"progression": "manual", "times": 10**9}
_INSIDE_KEY = "AKIASANDBOXSANDBOX00"


class Backend:
    """The state of one AWS account in moto, and the calls on it."""

    _inside: Backend | None = None
    """Whose state is in moto's globals now."""

    def __init__(self, account: str, region: str, prepare: Callable[[], None]) -> None:
        """`prepare` fills the account; it runs in the worker thread, before anything else does."""
        self.account = account
        self.region = region
        self._prepare: Callable[[], None] | None = prepare
        self._stored: dict[Any, dict[Any, Any]] = {}
        self._application: Any = None

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Run `work` on this account in the worker thread."""
        return _WORKER.submit(partial(self._with_own_state, work))

    def _with_own_state(self, work: Callable[[], T]) -> T:
        if self._application is None:
            self._application = _application()
        if Backend._inside is not self:
            self._take_over()
        if self._prepare is not None:
            prepare, self._prepare = self._prepare, None
            prepare()
        return work()

    def _take_over(self) -> None:
        from moto.core.base_backend import BackendDict

        stores: list[Any] = BackendDict._instances  # type: ignore[misc] # moto declares it so
        if Backend._inside is not None:
            Backend._inside._stored = {store: dict(store.items()) for store in stores}
        for store in stores:
            store.clear()
            store.update(self._stored.get(store, {}))
        Backend._inside = self

    def operation(self, service: Service, message: Message) -> str:
        """The name of the operation that a request asks for. Raises AwsRefusal if the service does not have it."""
        from moto.core.utils import get_service_model

        if service.protocol == "rest-json":
            return _routed(service, message)
        if service.protocol == "json":
            prefix, _, action = message.headers.get("x-amz-target", "").partition(".")
            known = prefix == service.target
        else:
            action, known = message.form.get("Action", ""), True
        if not known or action not in get_service_model(service.model or service.name).operation_names:
            raise unknown_action(action, service.version)
        return action

    def forward(self, service: Service, region: str, message: Message, access_key_id: str) -> Reply:
        """Let moto answer a request that the gate has admitted; where moto itself fails, the reply is a 500."""
        message = by_path(message) if service.protocol == "rest-json" else message
        scope = f"{access_key_id}/20260101/{region}/{service.name}/aws4_request"
        headers = {name: message.headers[name] for name in _PASSED_ON if name in message.headers}
        headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
        headers["x-moto-account-id"] = self.account
        if service.protocol in ("query", "ec2"):
            # One way in, so that what moto does is what the gate has looked at.
            headers["content-type"] = _FORM
            message = Message("POST", "http://127.0.0.1/", headers, urlencode(message.form).encode())
        path = message.url if service.protocol == "rest-json" else "http://127.0.0.1/"
        return call(self._application, Message(message.method, path, headers, message.body))

    def api(self, service: str, action: str, parameters: Mapping[str, Any], path: str = "/") -> Reply:
        """Call a service from inside, unsigned: form parameters for the query protocols, else a JSON document."""
        spec = SERVICES[service]
        if spec.protocol in ("query", "ec2"):
            body = urlencode({"Action": action, "Version": spec.version, **parameters}).encode()
        else:
            body = json.dumps(parameters).encode()
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"{spec.target}.{action}"}
        message = Message("POST", f"http://127.0.0.1{path}", headers, body)
        return self.forward(spec, self.region, message, _INSIDE_KEY)


@cache
def _application() -> Any:
    from moto.core.config import default_user_config
    from moto.moto_api import state_manager
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    def create(service: Any) -> Any:
        app = create_backend_app(service)
        app.debug = False  # an exception in moto becomes its 500, not an exception in here
        app.register_error_handler(NotImplementedError, lambda _: ("", 501))
        return app

    # Its tracebacks go where the program logs, not to standard error.
    logging.getLogger("moto").addHandler(logging.NullHandler())
    default_user_config["batch"]["use_docker"] = False
    default_user_config["lambda"]["use_docker"] = False
    # What runs in a task is nothing that moto knows of: it runs until it is stopped.
    state_manager.set_transition("ecs::task", _FOREVER)
    make_when_asked()
    application = DomainDispatcherApplication(create)
    # It looks at the folders of all services for each call.
    application.get_backend_for_host = cache(application.get_backend_for_host)  # type: ignore[method-assign]
    return application


def is_lacking(reply: Reply) -> bool:
    """Whether a reply of moto says that moto does not have the operation, or not with these parameters."""
    if reply.status in (301, 308, 501):  # it redirects paths with empty parts
        return True
    # The operation has no address in moto.
    return reply.status in (404, 405) and reply.headers.get("Content-Type", "").startswith("text/html")


def _routed(service: Service, message: Message) -> str:
    from moto.core.request import Request
    from moto.core.routing import get_service_router
    from werkzeug.exceptions import HTTPException

    try:
        operation, _ = get_service_router(service.name).match(Request(environ(by_path(message))))
    except HTTPException:
        raise AwsRefusal("InvalidAction", "", 404) from None
    return str(operation.name)
