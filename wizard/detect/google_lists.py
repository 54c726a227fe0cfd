"""The live lists from Google Cloud that all modes share: projects, service accounts, grantable roles."""

from __future__ import annotations

from collections.abc import Callable

from wizard.clouds.google import Json
from wizard.clouds.session import Clouds
from wizard.detect import resource_lists
from wizard.detect.live import RETRY_FOR, Listing, read_pages
from wizard.detect.resource_lists import get_pages
from wizard.language import _
from wizard.setup.answers import Answers
from wizard.setup.question import Choice
from wizard.setup.usual_roles import usual_roles

GRANTABLE_ROLES = "grantable-roles"
"""The name of the list of roles that can be granted on a project."""

_ROLES_LIMIT = 3000
"""Larger than the number of Google's predefined roles, about 2,000, so that no role is cut off."""

_ON_PROJECT = "//cloudresourcemanager.googleapis.com/projects/"


def projects(clouds: Clouds, _answers: Answers) -> Listing:
    """Return the projects that the operator can see. Raises CloudError."""
    query = {"query": "state:ACTIVE", "pageSize": 500}
    pages = get_pages(clouds, "cloudresourcemanager", "/v3/projects:search", "projects", query)
    in_order = sorted(pages.items, key=lambda project: str(project["projectId"]))
    return Listing([_project(project) for project in in_order], pages.note)


def service_accounts(clouds: Clouds, answers: Answers) -> Listing:
    """Return the service accounts of the project: by name, or by email address if Google created them.

    Raises CloudError.
    """
    project = answers.text("google.project")
    if not project:
        return no_project()

    def fetch(page_token: str) -> Json:
        return clouds.google_iam.list_service_accounts(project, page_token, RETRY_FOR)

    pages = read_pages(fetch, "accounts", "nextPageToken")
    return Listing([_service_account(account) for account in pages.items], pages.note)


def grantable_roles(clouds: Clouds, answers: Answers) -> Listing:
    """Return the roles that can be granted on the target project. Usual roles of the product come first.

    Raises CloudError.
    """
    project, product = answers.text("access.on"), answers.text("access.product")
    if not project:
        return no_project(usual(answers))

    def fetch(page_token: str) -> Json:
        body = {"fullResourceName": _ON_PROJECT + project, "pageSize": 1000, "pageToken": page_token}
        return clouds.google.call("iam", "POST", "/v1/roles:queryGrantableRoles", body, retry_for=RETRY_FOR)

    pages = read_pages(fetch, "roles", "nextPageToken", _ROLES_LIMIT)
    first = [usual_role.role for usual_role in usual_roles(product)]
    grantable = {role["name"]: role for role in pages.items if role.get("stage") not in ("DISABLED", "DEPRECATED")}
    rest = [name for name in grantable if name not in first]
    rest.sort(key=lambda name: (not _is_of(name, product), str(grantable[name].get("title", name)).lower()))
    names = [name for name in first if name in grantable] + rest
    return Listing([_role(grantable[name], name in first) for name in names], pages.note)


def resources(clouds: Clouds, answers: Answers) -> Listing:
    """Return the datasets, buckets, topics or others of the product in the target project. Raises CloudError."""
    project = answers.text("access.on")
    if not project:
        return no_project()
    return resource_lists.read(clouds, answers.text("access.product"), project)


def usual(answers: Answers) -> list[Choice]:
    """Return the usual roles of the product, which are known without a cloud."""
    roles = usual_roles(answers.text("access.product"))
    return [Choice(role.role, role.title, role.lets, recommended=True) for role in roles]


def no_project(choices: list[Choice] | None = None) -> Listing:
    """Return the list to show before a project is chosen; `choices` are those known without a project."""
    return Listing(choices or [], note=_("choose a project first: the wizard reads the list from that project"))


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
    "resources": resources,
    GRANTABLE_ROLES: grantable_roles,
}
"""The function that reads each list, by the name of the list."""
