"""Routes of Google's APIs, and the call that a handler gets."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.callers import Caller
from wizard.sandbox.model.policy import Access, PolicyStore
from wizard.sandbox.model.projects import Project
from wizard.sandbox.model.world import World
from wizard.sandbox.request_log import CallKind

from .camel_case import camel_case
from .errors import GoogleError, denied, invalid, no_permission, unbound
from .services import require_enabled

RESOURCE_MANAGER = "cloudresourcemanager.googleapis.com"


@dataclass(frozen=True)
class Request:
    """A request, over HTTP or gRPC: the path is decoded and starts after the API's prefix.

    Header names are in lower case; a query key may have several values.
    """

    method: str
    path: str
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Call:
    """One request, with what its route and its token say about it."""

    world: World
    service: str
    request: Request
    params: dict[str, str]
    body: JSON
    form: dict[str, str]
    caller: Caller | None = None
    quota_project: Project | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.request.method

    @property
    def path(self) -> str:
        """The decoded path, after the API's prefix."""
        return self.request.path

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, their names in lower case."""
        return self.request.headers

    @cached_property
    def query(self) -> dict[str, str]:
        """The query parameters as sent, and in camelCase; of a repeated one, the last value."""
        sent = {key: values[-1] for key, values in self.request.query.items() if values}
        return {**sent, **{camel_case(key): value for key, value in sent.items()}}

    def repeated(self, key: str) -> list[str]:
        """Every value of a query parameter, whose name is in camelCase."""
        return [value for name, values in self.request.query.items() if camel_case(name) == key for value in values]

    def document(self) -> dict[str, JSON]:
        """The JSON body, which must be an object (GoogleError 400 otherwise); no body is an empty one."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise unbound("Invalid JSON payload received. Unknown name.")
        return self.body

    def part(self, key: str) -> dict[str, JSON]:
        """An object inside the JSON body, empty when it is not there; GoogleError 400 when it is something else."""
        found = self.document().get(key)
        if found is not None and not isinstance(found, dict):
            raise invalid(f"Invalid value at '{key}'.")
        return found or {}

    def project(self, name: str) -> Project:
        """The project with that id or number, after checking that this API is on for the project that is charged.

        That is the quota project when one was sent (checked already), else the resource's own. GoogleError 403 when
        the project is unknown, as when it is invisible, or deleted (Resource Manager shows that), or the API is off.
        """
        project = self.world.projects.find(name)
        if project is None or (project.deleted and self.service != RESOURCE_MANAGER):
            raise no_permission()
        if self.quota_project is None:
            require_enabled(self.service, project)
        return project

    def allowed(
        self, permission: str, project: Project, policy: PolicyStore | None = None, resource: str | None = None
    ) -> bool:
        """Whether the resource's own policy, the project's or one above gives the caller the permission now."""
        access = self.access(permission, resource or f"projects/{project.id}")
        return self.world.projects.grants(project, access, policy is not None and policy.grants(access))

    def access(self, permission: str, resource: str) -> Access:
        """The question whether the caller has the permission on the resource now."""
        attributes = {"name": resource, "service": self.service}
        return Access(
            self.caller, permission, self.world.clock(), attributes, self.world.projects.custom_roles.contains
        )

    def require(
        self,
        permission: str,
        project: Project,
        resource: str | None = None,
        *,
        policy: PolicyStore | None = None,
        refusal: Callable[[], GoogleError] | None = None,
    ) -> None:
        """Refuse unless `allowed`: with IAM's 403, which names `resource` when given, or with `refusal`'s error."""
        if not self.allowed(permission, project, policy, resource):
            raise refusal() if refusal is not None else denied(permission, resource)


Handler = Callable[[Call], JSON | Awaitable[JSON]]


@dataclass(frozen=True)
class Route:
    """One method of an API. In the template, `{name}` matches up to a slash or colon, `{name+}` anything.

    `query` has the query parameters that it takes besides the standard ones, and `body` the fields of its JSON body,
    both in camelCase; None for a body that the handler checks itself.
    """

    method: str
    template: str
    handler: Handler
    kind: CallKind
    authenticated: bool = True
    query: Collection[str] = ()
    body: Collection[str] | None = None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The template as a regular expression for the whole path."""
        parts = re.split(r"(\{\w+\+?\})", self.template)
        return re.compile("".join(map(_pattern, parts)))

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The path's parameters, if this route is for that request."""
        found = self.pattern.fullmatch(path) if method == self.method else None
        return found.groupdict() if found is not None else None


def _pattern(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name = part.strip("{+}")
    return f"(?P<{name}>.+)" if part.endswith("+}") else f"(?P<{name}>[^/:]+)"
