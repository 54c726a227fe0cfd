"""Prepare the live test: read the configuration, and the facts that the operator can read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wizard.chain.hop import Outcome
from wizard.chain.target import bigquery_project
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.federation import aws as federation
from wizard.federation.file_kinds import AWS, kind_of
from wizard.federation.identifiers import AudienceError, ProviderName
from wizard.language import _, translated
from wizard.modes import configurations, live_facts
from wizard.modes.audit_log import AuditLog
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.live import own_definition
from wizard.modes.aws.live.elsewhere import read_elsewhere
from wizard.modes.aws.live.facts import AwsTest, ProviderFacts
from wizard.modes.aws.live.host_role import ContainerRole
from wizard.modes.aws.live.own_definition import OwnDefinition
from wizard.modes.aws.model import AwsSetup
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.modes.granted import may_be
from wizard.modes.live_targets import TargetReader
from wizard.setup.problems import BadInput


def read_config(path: Path, clouds: Clouds, project: str = "") -> dict[str, Any]:
    """Read and check a credential configuration for AWS. Raises BadInput with every problem.

    `project` is the ID of the pool's project, if it is known.
    """
    document = configurations.document_in(path)
    configurations.check(path, document, clouds, project)
    kind = kind_of(document)
    if kind is not AWS:
        title = translated(kind.title) if kind else _("an unknown kind of file")
        raise BadInput(
            _(
                "{path} is not a credential configuration for AWS (found: {title}). Run `wif-wizard apply SETUP.yaml` "
                "to generate the credential configuration, or correct the setup"
            ).format(path=path, title=title)
        )
    return document


def from_setup(blueprint: Blueprint, clouds: Clouds, wait: float) -> AwsTest:
    """Return the test of a setup, with everything that the operator can read about it. Raises BadInput."""
    config = read_config(blueprint.config_path, clouds, blueprint.setup.pool_project)
    email, home = blueprint.service_account, blueprint.setup.service_account_project
    reader = TargetReader(clouds)
    with Readers() as readers:
        provider = readers.submit(provider_facts, clouds, config)
        elsewhere = readers.submit(read_elsewhere, blueprint, clouds)
        policies = readers.submit(live_facts.policies, clouds, reader, blueprint.roles(), email, home)
        definition = readers.submit(own_definition.read, clouds.aws, blueprint.setup)
        targets = reader.targets(blueprint.roles(), may_be(email, blueprint.pool))
        own = definition.result()
        return AwsTest(
            config=config,
            targets=targets,
            bigquery_project=bigquery_project(targets),
            provider=provider.result(),
            grants=tuple(live_facts.recent_grants(blueprint.resources("google"))),
            audit=AuditLog(clouds),
            members=policies.result().members,
            elsewhere=elsewhere.result(),
            held=policies.result().held,
            account_disabled=policies.result().account_disabled,
            on_account=policies.result().on_account,
            endpoints=live_facts.endpoints_of(clouds),
            deadline=wait,
            definition=_given_role(own, blueprint.setup) if own else None,
            container_role=ContainerRole.of(blueprint.setup.aws.runtime, blueprint.setup.role_name),
            roles=tuple(own_definition.roles(own)) if own else (),
        )


def _given_role(own: OwnDefinition, setup: AwsSetup) -> Outcome:
    """Return whether the workload's own definition gives it the role."""
    arn = federation.role_arn(setup.aws.account, setup.role_name, federation.partition_of(setup.aws.region))
    on_fargate = RUNTIMES[setup.aws.runtime].platform == "FARGATE"
    return own_definition.outcome(own, setup.role_name, arn, on_fargate)


def provider_facts(clouds: Clouds, config: dict[str, Any]) -> ProviderFacts | None:
    """Return the provider that the configuration names; None if the operator cannot read it."""
    try:
        name = ProviderName.parse(str(config.get("audience")))
        provider = clouds.google.call("iam", "GET", f"/v1/{name.name}")
        pool = clouds.google.call("iam", "GET", f"/v1/{name.pool.name}")
    except (AudienceError, CloudError):
        return None
    return ProviderFacts.of(provider, pool)
