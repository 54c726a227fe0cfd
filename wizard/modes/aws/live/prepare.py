"""Prepare the live test: read the configuration, and the facts that the operator can read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wizard.chain.project_policy import Names, is_account
from wizard.chain.target import bigquery_project
from wizard.clouds import endpoints
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.federation import config_check, credential_config
from wizard.federation.identifiers import AudienceError, ProviderName
from wizard.modes import live_facts
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.live.elsewhere import read_elsewhere
from wizard.modes.aws.live.facts import AwsTest, ProviderFacts
from wizard.modes.live_targets import TargetReader
from wizard.outside import files
from wizard.setup.problems import BadInput


def read_config(path: Path, clouds: Clouds) -> dict[str, Any]:
    """Read and check a credential configuration. Raises BadInput with every problem."""
    try:
        text = files.read_text(path)
    except FileNotFoundError:
        raise BadInput(f"{path} does not exist; `wif-wizard apply SETUP.yaml` writes it") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}; name a credential configuration") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} cannot be read: it is not UTF-8 text; name a credential configuration") from error
    try:
        document = credential_config.parse(text)
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from error
    problems = config_check.find_problems(document, allowed_hosts=endpoints.own_hosts(clouds.environ))
    if problems:
        raise BadInput("\n".join(f"{path}: {problem.where}: {problem.what}; {problem.fix}" for problem in problems))
    return document


def from_setup(blueprint: Blueprint, clouds: Clouds, wait: float) -> AwsTest:
    """Return the test of a setup, with everything that the operator can read about it. Raises BadInput."""
    config = read_config(blueprint.config_path, clouds)
    email, home = blueprint.service_account, blueprint.setup.service_account_project
    reader = TargetReader(clouds)
    with Readers() as readers:
        provider = readers.submit(provider_facts, clouds, config)
        elsewhere = readers.submit(read_elsewhere, blueprint, clouds)
        policies = readers.submit(live_facts.policies, clouds, reader, blueprint.roles(), email, home)
        targets = reader.targets(blueprint.roles(), _may_be(blueprint))
        return AwsTest(
            config=config,
            targets=targets,
            bigquery_project=bigquery_project(targets),
            provider=provider.result(),
            grants=tuple(live_facts.recent_grants(blueprint.resources("google"))),
            members=policies.result().members,
            elsewhere=elsewhere.result(),
            held=policies.result().held,
            account_disabled=policies.result().account_disabled,
            allowed_hosts=tuple(endpoints.own_hosts(clouds.environ)),
            endpoints=live_facts.endpoints_of(clouds),
            deadline=wait,
        )


def from_configuration(path: Path, clouds: Clouds, wait: float) -> AwsTest:
    """Return the test of a configuration without a setup, which has no targets. Raises BadInput."""
    config = read_config(path, clouds)
    return AwsTest(
        config=config,
        provider=provider_facts(clouds, config),
        allowed_hosts=tuple(endpoints.own_hosts(clouds.environ)),
        endpoints=live_facts.endpoints_of(clouds),
        deadline=wait,
    )


def provider_facts(clouds: Clouds, config: dict[str, Any]) -> ProviderFacts | None:
    """Return the provider that the configuration names; None if the operator cannot read it."""
    try:
        name = ProviderName.parse(str(config.get("audience")))
        provider = clouds.google.call("iam", "GET", f"/v1/{name.name}")
        pool = clouds.google.call("iam", "GET", f"/v1/{name.pool.name}")
    except (AudienceError, CloudError):
        return None
    return ProviderFacts.of(provider, pool)


def _may_be(blueprint: Blueprint) -> Names:
    """Return whether a member may be the workload: its service account, or any member of its pool."""
    email, pool = blueprint.service_account, blueprint.pool.name

    def may_be(member: str) -> bool:
        return is_account(member, email) if email else member == "allUsers" or f"/{pool}/" in member

    return may_be
