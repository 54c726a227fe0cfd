"""What the live token test is told: the configuration, and what the operator can read beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

from wizard.chain.recent_grants import RecentGrant
from wizard.chain.signatures import signatures
from wizard.chain.target import Target
from wizard.clouds import endpoints
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.commands.exits import BadInput
from wizard.engine.journal import Journal
from wizard.federation import config_check, credential_config
from wizard.federation.identifiers import AudienceError, ProviderName
from wizard.modes.aws.blueprint import IMPERSONATE
from wizard.modes.aws.live.facts import AwsTest, ProviderFacts
from wizard.work.opened import AwsOpened, Opened

Hop = Literal["exchange", "impersonation", "permission"]

_NEEDED_AT: dict[str, tuple[Hop, ...]] = {
    "enabled services": ("exchange", "impersonation", "permission"),
    "cluster's workload pool": ("exchange",),
    "workload identity pool": ("exchange",),
    "workload identity pool provider": ("exchange",),
    "service account": ("impersonation",),
    "roles on the service account": ("impersonation",),
    "roles on the project": ("permission",),
}
"""Kind of resource -> the hops that a young one of it could explain a refusal at."""

_RUNS_QUERIES = ("bigquery.jobs.create", "bigquery.readsessions.create")


def read_config(path: Path, clouds: Clouds) -> dict[str, Any]:
    """The credential configuration in a file, checked. Raises BadInput with every problem."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(f"{path}: there is no such file; `wif-wizard apply SETUP.yaml` writes it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}") from error
    try:
        document = credential_config.parse(text)
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from error
    problems = config_check.check(document, allowed_hosts=endpoints.own_hosts(clouds.environ))
    if problems:
        raise BadInput("\n".join(f"{path}: {each.where}: {each.what}; {each.fix}" for each in problems))
    return document


def of_setup(opened: AwsOpened, wait: float) -> AwsTest:
    """The test of a setup, with everything that the operator can read about it. Raises BadInput."""
    config = read_config(opened.blueprint.config_path, opened.clouds)
    roles = opened.blueprint.roles()
    targets = tuple(Target(project, signatures(names)[0]) for project, names in roles.items())
    with ThreadPoolExecutor() as readers:
        provider = readers.submit(provider_facts, opened.clouds, config)
        members = readers.submit(_members, opened)
        return AwsTest(
            config=config,
            targets=targets,
            bigquery_project=bigquery_project(targets),
            provider=provider.result(),
            grants=tuple(young_grants(opened)),
            members=members.result(),
            allowed_hosts=tuple(endpoints.own_hosts(opened.clouds.environ)),
            endpoints=endpoints_of(opened.clouds),
            deadline=wait,
        )


def of_config(path: Path, clouds: Clouds, wait: float) -> AwsTest:
    """The test of a configuration alone: nothing is known about its targets. Raises BadInput."""
    config = read_config(path, clouds)
    return AwsTest(
        config=config,
        provider=provider_facts(clouds, config),
        allowed_hosts=tuple(endpoints.own_hosts(clouds.environ)),
        endpoints=endpoints_of(clouds),
        deadline=wait,
    )


def provider_facts(clouds: Clouds, config: dict[str, Any]) -> ProviderFacts | None:
    """The provider that the configuration names, as the operator reads it; None when it cannot be read."""
    try:
        name = ProviderName.parse(str(config.get("audience")))
        provider = clouds.google.call("iam", "GET", f"/v1/{name.name}")
        pool = clouds.google.call("iam", "GET", f"/v1/{name.pool.name}")
    except (AudienceError, CloudError):
        return None
    return ProviderFacts(
        account=provider.get("aws", {}).get("accountId", ""),
        mapping=provider.get("attributeMapping", {}),
        condition=provider.get("attributeCondition", ""),
        state=provider.get("state", ""),
        disabled=provider.get("disabled", False),
        pool_state=pool.get("state", ""),
        pool_disabled=pool.get("disabled", False),
    )


def _members(opened: AwsOpened) -> dict[str, tuple[str, ...]]:
    """Who holds what the hops need, as far as the operator may read it."""
    email, home = opened.blueprint.service_account, opened.setup.service_account_project
    return members(opened.clouds, opened.blueprint.roles(), email, home)


def members(clouds: Clouds, roles: dict[str, list[str]], email: str | None, home: str) -> dict[str, tuple[str, ...]]:
    """Hop -> who holds what it needs: `roles` on projects, and the right to act as the service account `email`."""
    found: dict[str, tuple[str, ...] | None] = {}
    for project, names in roles.items():
        found["permission"] = _holders(partial(_project_policy, clouds, project), names)
    if email:
        found["impersonation"] = _holders(partial(clouds.google_iam.get_policy, home, email), [IMPERSONATE])
    return {hop: members for hop, members in found.items() if members is not None}


def bigquery_project(targets: Sequence[Target]) -> str | None:
    """The project in which a query can be tried, if a role for that is wanted."""
    return next((each.project for each in targets if any(one in each.permissions for one in _RUNS_QUERIES)), None)


def _project_policy(clouds: Clouds, project: str) -> dict[str, Any]:
    body = {"options": {"requestedPolicyVersion": 3}}
    return clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{project}:getIamPolicy", body)


def _holders(read: Callable[[], dict[str, Any]], roles: list[str]) -> tuple[str, ...] | None:
    try:
        bindings = read().get("bindings", [])
    except CloudError:
        return None
    return tuple(member for each in bindings if each["role"] in roles for member in each.get("members", ()))


def young_grants(opened: Opened) -> Iterator[RecentGrant]:
    """What the journal says was written for this setup, with the hops that it is needed at."""
    ours = {resource.identity for resource in opened.resources("google")}
    journal = Journal()
    for run in journal.runs()[:20]:
        for write in journal.writes(run.id):
            if (write.kind, write.name) in ours and write.finished and write.outcome == "done":
                for hop in _NEEDED_AT.get(write.kind, ()):
                    yield RecentGrant(hop, datetime.fromisoformat(write.finished))


def endpoints_of(clouds: Clouds) -> dict[str, str]:
    """Where the test finds the APIs that it calls."""
    return {
        "sts": endpoints.google("sts", clouds.environ),
        "iamcredentials": endpoints.google("iamcredentials", clouds.environ),
        "resource_manager": endpoints.google("cloudresourcemanager", clouds.environ),
        "bigquery": endpoints.google("bigquery", clouds.environ),
    }
