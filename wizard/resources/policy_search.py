"""Finds members in all policies that the operator may search, wherever the resources are.

Source: Cloud Asset API v1 reference, `searchAllIamPolicies`. Its index follows changes within minutes, so that the
policy of each resource that it names is read again where that is possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Refused
from wizard.language import _
from wizard.resources import ancestors
from wizard.setup import resource_types
from wizard.setup.resource_types import ResourceName

Json = dict[str, Any]

_RETRY_FOR = 3.0
_BUCKETS = "//storage.googleapis.com/"
_UNKNOWN = (
    "the wizard cannot search the policies of other resources for roles: {reason}. To let the wizard search, ask for "
    "roles/cloudasset.viewer on {project} or its organization, and run gcloud services enable "
    "cloudasset.googleapis.com --project={project}"
)


class Granted(NamedTuple):
    """A role that a member has on a resource. `on` is its full name, `name` its relative name if its type is known."""

    role: str
    member: str
    on: str
    name: str
    has_condition: bool


def members_of(clouds: Clouds, project: str, words: str, inside: str) -> list[Granted]:
    """Return the grants to all members whose names contain `inside`, as far up from the project as may be searched.

    `words` are whole words that these names contain, by which the policies are searched. Raises Refused if not even
    the policies of the project can be searched.
    """
    found: dict[Granted, None] = {}
    for result in _searched(clouds, project, words):
        if any(inside in member for _, member, _ in _pairs(result.get("policy"))):
            found.update(dict.fromkeys(_granted(clouds, str(result.get("resource", "")), result, inside)))
    return list(found)


def _searched(clouds: Clouds, project: str, words: str) -> list[Json]:
    """Return the results of the widest scope that the operator may search: organization, folders, then the project."""
    refused: CloudError | None = None
    for scope in [*reversed(ancestors.names_above(clouds, project) or []), f"projects/{project}"]:
        try:
            return list(_pages(clouds, scope, words))
        except CloudError as error:
            refused = error
    reason = refused.message if refused else ""
    raise Refused(_(_UNKNOWN).format(reason=reason.rstrip("."), project=project)) from refused


def _pages(clouds: Clouds, scope: str, words: str) -> Iterator[Json]:
    query = {"query": f'policy:"{words}"', "pageSize": "500"}
    while True:
        path = f"/v1/{scope}:searchAllIamPolicies"
        answer = clouds.google.call("cloudasset", "GET", path, query=query, retry_for=_RETRY_FOR)
        yield from answer.get("results") or ()
        if not answer.get("nextPageToken"):
            return
        query["pageToken"] = str(answer["nextPageToken"])


def _granted(clouds: Clouds, full_name: str, result: Json, inside: str) -> Iterator[Granted]:
    """Yield the grants on one resource, from its policy as it is now if it can be read, else as the index has it."""
    name = _parsed(full_name)
    now = ancestors.read_policy(clouds, name.name) if name else None
    for role, member, has_condition in _pairs(now if now is not None else result.get("policy")):
        if inside in member:
            yield Granted(role, member, name.short if name else full_name, name.name if name else "", has_condition)


def _parsed(full_name: str) -> ResourceName | None:
    """Return the resource of a full name. Cloud Asset names buckets without the part projects/_/buckets."""
    if full_name.startswith(_BUCKETS) and "/buckets/" not in full_name:
        return resource_types.parse(f"gs://{full_name.removeprefix(_BUCKETS)}")
    return resource_types.parse(full_name)


def _pairs(policy: Json | None) -> Iterator[tuple[str, str, bool]]:
    for binding in (policy or {}).get("bindings") or ():
        for member in binding.get("members") or ():
            yield str(binding["role"]), str(member), bool(binding.get("condition"))
