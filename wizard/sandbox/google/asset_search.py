"""Cloud Asset v1, as far as searching all policies goes. The real index is minutes late; this one is not.

Source: Cloud Asset API reference, `searchAllIamPolicies`, and "Search query syntax".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.policy import PolicyStore
from wizard.sandbox.model.projects import Project

from .calls import Call, Route
from .errors import invalid, lacking, no_permission
from .hierarchy import allowed_on
from .paging import page
from .policies import policy_document

SERVICE = "cloudasset.googleapis.com"
PERMISSION = "cloudasset.assets.searchAllIamPolicies"

_QUERY = re.compile(r"""policy:\s*(?:"([^"*]+)"|([^\s"*:]+))""")
_PARAMETERS = ("query", "pageSize", "pageToken", "assetTypes", "orderBy")


def search_project(call: Call) -> JSON:
    """searchAllIamPolicies of a project."""
    project = call.project(call.params["project"])
    call.require(PERMISSION, project)
    return _answer(call, list(_policies(call, project)))


def search_container(kind: str, call: Call) -> JSON:
    """searchAllIamPolicies of a folder or an organization."""
    name = f"{kind}/{call.params['id']}"
    container = call.world.projects.containers.get(name)
    if container is None or not allowed_on(call, container, PERMISSION):
        raise no_permission()
    everywhere = call.world.projects
    inside = [each for each in everywhere.containers.values() if each is container or each.parent == name]
    found = [_found(f"//cloudresourcemanager.googleapis.com/{each.name}", "", each.policy) for each in inside]
    for project in everywhere:
        if container in everywhere.above(project):
            found += _policies(call, project)
    return _answer(call, found)


def _answer(call: Call, found: list[dict[str, JSON]]) -> JSON:
    match = _QUERY.fullmatch(call.query.get("query", "").strip())
    if call.query.get("query") and match is None:
        raise lacking(f"the query {call.query['query']}")
    wanted = _words(match[1] or match[2]) if match else ""
    if match and not wanted:
        raise invalid("Invalid query.")
    kept = [result for result in found if wanted in _words(json.dumps(result["policy"]))]
    return page("results", kept, call.query, default=100, most=500)


def _words(text: str) -> str:
    """The words of a text, one blank before and after each: a phrase matches as a part of it."""
    return f" {' '.join(re.findall(r'[A-Za-z0-9]+', text))} "


def _found(name: str, number: str, store: PolicyStore) -> dict[str, JSON]:
    """A result: the full name of a resource, its project if it is in one, and its policy without the etag."""
    document = {key: value for key, value in policy_document(store, 3).items() if key in ("bindings", "version")}
    project: dict[str, JSON] = {"project": f"projects/{number}"} if number else {}
    return {"resource": name, **project, "policy": document}


def _policies(call: Call, project: Project) -> Iterator[dict[str, JSON]]:
    """Every policy of a project and of what it has."""
    for name, store in _stores(call, project):
        yield _found(name, project.number, store)


def _stores(call: Call, project: Project) -> Iterator[tuple[str, PolicyStore]]:
    yield f"//cloudresourcemanager.googleapis.com/projects/{project.id}", project.policy
    for account in project.service_accounts.values():
        yield f"//iam.googleapis.com/{account.name}", account.policy
    for dataset in project.datasets.values():
        place = f"//bigquery.googleapis.com/projects/{project.id}/datasets/{dataset.id}"
        yield place, dataset.policy
        for table, policy in dataset.tables.items():
            yield f"{place}/tables/{table}", policy
    for thing in call.world.things.every():
        if thing.project == project.id:
            yield _full_name(thing.name), thing.policy


def _full_name(name: str) -> str:
    if name.startswith("buckets/"):
        return f"//storage.googleapis.com/{name.removeprefix('buckets/')}"
    kind = name.split("/")[2]
    if kind == "locations":
        kind = name.split("/")[4]
    return f"//{_HOSTS[kind]}.googleapis.com/{name}"


_HOSTS = {
    "topics": "pubsub",
    "subscriptions": "pubsub",
    "secrets": "secretmanager",
    "instances": "spanner",
    "repositories": "artifactregistry",
    "keyRings": "cloudkms",
}
ROUTES = [
    Route("GET", "/v1/projects/{project}:searchAllIamPolicies", search_project, "read", query=_PARAMETERS),
    *(
        Route(
            "GET", f"/v1/{kind}/{{id}}:searchAllIamPolicies", partial(search_container, kind), "read", query=_PARAMETERS
        )
        for kind in ("folders", "organizations")
    ),
]
