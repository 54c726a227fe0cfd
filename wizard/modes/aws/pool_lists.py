"""Live lists of workload identity pools, and of their providers for AWS."""

from __future__ import annotations

from collections.abc import Callable

from wizard.clouds.errors import CloudError
from wizard.clouds.google import Json
from wizard.clouds.session import Clouds
from wizard.detect.google_lists import get_pages, no_project
from wizard.detect.live import Listing
from wizard.setup.answers import Answers
from wizard.setup.question import Choice


def pools(clouds: Clouds, answers: Answers) -> Listing:
    """The pools of the pool's project, deleted ones too: their ids are taken, and they can be restored."""
    project = answers.text("google.pool_project")
    if not project:
        return no_project()
    query = {"showDeleted": "true", "pageSize": 1000}
    path = f"/v1/projects/{project}/locations/global/workloadIdentityPools"
    pages = get_pages(clouds, "iam", path, "workloadIdentityPools", query)
    own = [each for each in pages.items if each.get("mode") != "SYSTEM_TRUST_DOMAIN"]
    return Listing([_choice(each, each.get("displayName", "")) for each in own], pages.note)


def providers(clouds: Clouds, answers: Answers) -> Listing:
    """The AWS providers of the chosen pool, those of the workload's account first; none if there is no such pool."""
    project, pool = answers.text("google.pool_project"), answers.text("google.pool")
    if not project or not pool:
        return no_project()
    path = f"/v1/projects/{project}/locations/global/workloadIdentityPools/{pool}/providers"
    try:
        query = {"showDeleted": "true", "pageSize": 100}
        pages = get_pages(clouds, "iam", path, "workloadIdentityPoolProviders", query)
    except CloudError as error:
        if error.status != 404:
            raise
        return Listing(note=f"the pool {pool} does not exist yet, so it has no providers")
    account = answers.text("aws.account")
    of_aws = [each for each in pages.items if "aws" in each]
    of_aws.sort(key=lambda each: each["aws"].get("accountId") != account)
    return Listing([_provider(each, account) for each in of_aws], pages.note)


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


READERS: dict[str, Callable[[Clouds, Answers], Listing]] = {"pools": pools, "providers": providers}
"""Name of a list -> what reads it."""
