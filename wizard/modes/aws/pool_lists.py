"""Live lists of workload identity pools and of their AWS providers."""

from __future__ import annotations

from collections.abc import Callable

from wizard.clouds.errors import CloudError
from wizard.clouds.google import Json
from wizard.clouds.session import Clouds
from wizard.detect.google_lists import no_project
from wizard.detect.live import Listing
from wizard.detect.resource_lists import get_pages
from wizard.language import _
from wizard.setup.answers import Answers
from wizard.setup.question import Choice


def pools(clouds: Clouds, answers: Answers) -> Listing:
    """Return the pools of the pool's project. Deleted pools are listed too, since apply can undelete them."""
    project = answers.text("google.pool_project")
    if not project:
        return no_project()
    query = {"showDeleted": "true", "pageSize": 1000}
    path = f"/v1/projects/{project}/locations/global/workloadIdentityPools"
    pages = get_pages(clouds, "iam", path, "workloadIdentityPools", query)
    own = [pool for pool in pages.items if pool.get("mode") != "SYSTEM_TRUST_DOMAIN"]
    return Listing([_choice(pool, pool.get("displayName", "")) for pool in own], pages.note)


def providers(clouds: Clouds, answers: Answers) -> Listing:
    """Return the AWS providers of the chosen pool, the workload's account first; empty if the pool does not exist."""
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
        return Listing(note=_("the pool {pool} does not exist yet, so it has no providers").format(pool=pool))
    account = answers.text("aws.account")
    for_aws = [provider for provider in pages.items if "aws" in provider]
    for_aws.sort(key=lambda provider: provider["aws"].get("accountId") != account)
    return Listing([_provider(provider, account) for provider in for_aws], pages.note)


def _choice(thing: Json, about: str, recommended: bool = False) -> Choice:
    """Return the choice for a pool or a provider; its note says if it is disabled or deleted."""
    identifier = thing["name"].rpartition("/")[2]
    state = "disabled" if thing.get("disabled") else ""
    if thing.get("state") == "DELETED":
        state = _("deleted; wif-wizard apply undeletes the resource")
    return Choice(identifier, identifier, ", ".join(filter(None, (about, state))), recommended)


def _provider(provider: Json, account: str) -> Choice:
    its_account = provider["aws"].get("accountId", "")
    return _choice(
        provider,
        _("AWS account {account}").format(account=its_account),
        recommended=bool(account) and its_account == account,
    )


READERS: dict[str, Callable[[Clouds, Answers], Listing]] = {"pools": pools, "providers": providers}
"""The reader of each list, by the name of the list."""
