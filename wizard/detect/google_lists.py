"""Live lists from Google: projects, pools, providers, service accounts and the roles that can be granted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.detect.live import PATIENCE, Json, Listing, Pages, read
from wizard.setup.answers import Answers
from wizard.setup.question import Choice
from wizard.setup.usual_roles import usual_roles

_ROLES_LIMIT = 3000
"""Google has about two thousand predefined roles, so that a shorter list would end in the middle of the alphabet."""

_ON_PROJECT = "//cloudresourcemanager.googleapis.com/projects/"


def projects(clouds: Clouds, _answers: Answers) -> Listing:
    """The projects that the operator may see. Raises CloudError."""
    query = {"query": "state:ACTIVE", "pageSize": 500}
    pages = _get(clouds, "cloudresourcemanager", "/v3/projects:search", "projects", query)
    found = sorted(pages.items, key=lambda each: str(each["projectId"]))
    return Listing([_project(each) for each in found], pages.note)


def pools(clouds: Clouds, answers: Answers) -> Listing:
    """The pools of the pool's project, deleted ones too: their ids are taken, and they can be restored."""
    project = answers.text("google.pool_project")
    if not project:
        return _no_project()
    query = {"showDeleted": "true", "pageSize": 1000}
    path = f"/v1/projects/{project}/locations/global/workloadIdentityPools"
    pages = _get(clouds, "iam", path, "workloadIdentityPools", query)
    own = [each for each in pages.items if each.get("mode") != "SYSTEM_TRUST_DOMAIN"]
    return Listing([_choice(each, each.get("displayName", "")) for each in own], pages.note)


def providers(clouds: Clouds, answers: Answers) -> Listing:
    """The AWS providers of the chosen pool, those of the workload's account first; none if there is no such pool."""
    project, pool = answers.text("google.pool_project"), answers.text("google.pool")
    if not project or not pool:
        return _no_project()
    path = f"/v1/projects/{project}/locations/global/workloadIdentityPools/{pool}/providers"
    try:
        query = {"showDeleted": "true", "pageSize": 100}
        pages = _get(clouds, "iam", path, "workloadIdentityPoolProviders", query)
    except CloudError as error:
        if error.status != 404:
            raise
        return Listing(note=f"the pool {pool} does not exist yet, so it has no providers")
    account = answers.text("aws.account")
    of_aws = [each for each in pages.items if "aws" in each]
    of_aws.sort(key=lambda each: each["aws"].get("accountId") != account)
    return Listing([_provider(each, account) for each in of_aws], pages.note)


def service_accounts(clouds: Clouds, answers: Answers) -> Listing:
    """The service accounts of the project, by name; those with an address of another form by that."""
    project = answers.text("google.project")
    if not project:
        return _no_project()

    def fetch(mark: str) -> Json:
        return clouds.google_iam.list_service_accounts(project, mark, PATIENCE)

    pages = read(fetch, "accounts", "nextPageToken")
    return Listing([_service_account(each) for each in pages.items], pages.note)


def grantable_roles(clouds: Clouds, answers: Answers) -> Listing:
    """The roles that can be granted on the target project: the product's usual ones, its others, then all others."""
    project, product = answers.text("access.on"), answers.text("access.product")
    if not project:
        return _no_project(usual(answers))

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


def _get(clouds: Clouds, api: str, path: str, key: str, query: dict[str, Any]) -> Pages:
    def fetch(mark: str) -> Json:
        marked = {**query, "pageToken": mark} if mark else query
        return clouds.google.call(api, "GET", path, query=marked, patience=PATIENCE)

    return read(fetch, key, "nextPageToken")


def _no_project(choices: list[Choice] | None = None) -> Listing:
    return Listing(choices or [], note="no project is chosen yet, so nothing can be listed")


def _project(project: Json) -> Choice:
    name = project.get("displayName", "")
    return Choice(project["projectId"], project["projectId"], name if name != project["projectId"] else "")


def _choice(thing: Json, about: str, recommended: bool = False) -> Choice:
    """A pool or a provider, by its id, with what is unusual about its state."""
    identifier = thing["name"].rpartition("/")[2]
    unusual = "disabled" if thing.get("disabled") else ""
    if thing.get("state") == "DELETED":
        unusual = "deleted; applying restores it"
    return Choice(identifier, identifier, ", ".join(filter(None, (about, unusual))), recommended)


def _provider(provider: Json, account: str) -> Choice:
    of = provider["aws"].get("accountId", "")
    return _choice(provider, f"AWS account {of}", recommended=bool(account) and of == account)


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
    "pools": pools,
    "providers": providers,
    "service-accounts": service_accounts,
    "grantable-roles": grantable_roles,
}
"""Name of a list -> what reads it."""
