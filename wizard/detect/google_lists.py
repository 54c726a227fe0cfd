"""Live lists from Google Cloud that every mode may use: projects, service accounts, roles that can be granted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wizard.clouds.session import Clouds
from wizard.detect.live import PATIENCE, Json, Listing, Pages, read
from wizard.setup.answers import Answers
from wizard.setup.question import Choice
from wizard.setup.usual_roles import usual_roles

GRANTABLE_ROLES = "grantable-roles"
"""The name of the list of roles that can be granted."""

_ROLES_LIMIT = 3000
"""Google has about two thousand predefined roles, so that a shorter list would end in the middle of the alphabet."""

_ON_PROJECT = "//cloudresourcemanager.googleapis.com/projects/"


def projects(clouds: Clouds, _answers: Answers) -> Listing:
    """The projects that the operator may see. Raises CloudError."""
    query = {"query": "state:ACTIVE", "pageSize": 500}
    pages = get_pages(clouds, "cloudresourcemanager", "/v3/projects:search", "projects", query)
    found = sorted(pages.items, key=lambda each: str(each["projectId"]))
    return Listing([_project(each) for each in found], pages.note)


def service_accounts(clouds: Clouds, answers: Answers) -> Listing:
    """The service accounts of the project, by name; those with an address of another form by that."""
    project = answers.text("google.project")
    if not project:
        return no_project()

    def fetch(mark: str) -> Json:
        return clouds.google_iam.list_service_accounts(project, mark, PATIENCE)

    pages = read(fetch, "accounts", "nextPageToken")
    return Listing([_service_account(each) for each in pages.items], pages.note)


def grantable_roles(clouds: Clouds, answers: Answers) -> Listing:
    """The roles that can be granted on the target project: the product's usual ones, its others, then all others."""
    project, product = answers.text("access.on"), answers.text("access.product")
    if not project:
        return no_project(usual(answers))

    def fetch(mark: str) -> Json:
        body = {"fullResourceName": _ON_PROJECT + project, "pageSize": 1000, "pageToken": mark}
        return clouds.google.call("iam", "POST", "/v1/roles:queryGrantableRoles", body, patience=PATIENCE)

    pages = read(fetch, "roles", "nextPageToken", _ROLES_LIMIT)
    first = [each.role for each in usual_roles(product)]
    found = {each["name"]: each for each in pages.items if each.get("stage") not in ("DISABLED", "DEPRECATED")}
    rest = [name for name in found if name not in first]
    rest.sort(key=lambda name: (not _is_of(name, product), str(found[name].get("title", name)).lower()))
    names = [name for name in first if name in found] + rest
    return Listing([_role(found[name], name in first) for name in names], pages.note)


def usual(answers: Answers) -> list[Choice]:
    """The product's usual roles, as they are known without asking."""
    found = usual_roles(answers.text("access.product"))
    return [Choice(each.role, each.title, each.lets, recommended=True) for each in found]


def get_pages(clouds: Clouds, api: str, path: str, key: str, query: dict[str, Any]) -> Pages:
    """Every entry of a list, whose answers have them under `key`. Raises CloudError."""

    def fetch(mark: str) -> Json:
        marked = {**query, "pageToken": mark} if mark else query
        return clouds.google.call(api, "GET", path, query=marked, patience=PATIENCE)

    return read(fetch, key, "nextPageToken")


def no_project(choices: list[Choice] | None = None) -> Listing:
    """A list that cannot be read before a project is chosen; `choices` are those known without it."""
    return Listing(choices or [], note="no project is chosen yet, so nothing can be listed")


def _project(project: Json) -> Choice:
    name = project.get("displayName", "")
    return Choice(project["projectId"], project["projectId"], name if name != project["projectId"] else "")


def _service_account(account: Json) -> Choice:
    email = account["email"]
    name = email.partition("@")[0] if email.endswith(".iam.gserviceaccount.com") else email
    state = "disabled" if account.get("disabled") else ""
    return Choice(name, name, ", ".join(filter(None, (account.get("displayName", ""), state))))


def _role(role: Json, usual: bool) -> Choice:
    return Choice(role["name"], role.get("title") or role["name"], role.get("description", ""), recommended=usual)


def _is_of(role: str, product: str) -> bool:
    return bool(product) and role.startswith(f"roles/{product}.")


READERS: dict[str, Callable[[Clouds, Answers], Listing]] = {
    "projects": projects,
    "service-accounts": service_accounts,
    GRANTABLE_ROLES: grantable_roles,
}
"""Name of a list -> what reads it."""
