"""What the doctor observes of a workload on AWS and of its credential configuration, besides the plan's changes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from wizard.clouds.session import Clouds
from wizard.federation.config_merge import IMDSV2, LIFETIME, value_at
from wizard.federation.config_source import local_server
from wizard.language import _
from wizard.modes import configurations, org_policies
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.observing import Check
from wizard.modes.opened import Observation
from wizard.setup.problems import BadInput

_INSTANCE = "metadata options of the instance {instance}"
_TOKENS_REQUIRED = (
    "the instance {instance} requires session tokens (HttpTokens: required), but credential_source in {file} has no "
    "imdsv2_session_token_url"
)
_LIFETIME_POLICY = "organization policy for the token lifetime of {email}"
_TOO_LONG = (
    "{file} requests tokens with a lifetime of {seconds} seconds, but the organization policy {constraint} of the "
    "project {project} does not allow more than {longest} seconds for {email}"
)
_LONGEST = 3600
"""The longest lifetime of a service account's token, in seconds, without an organization policy that extends it."""


def of(blueprint: Blueprint, clouds: Clouds) -> Iterator[Check]:
    """Yield what to look at. A configuration that is not there, or not valid, is told by the plan and by the test."""
    try:
        document = configurations.document_in(blueprint.config_path)
    except BadInput:
        return
    instance = blueprint.setup.aws.instance
    if instance and not local_server(document):
        yield Check(
            _(_INSTANCE).format(instance=instance), partial(_of_instance, blueprint, clouds, instance, document)
        )
    seconds, email = value_at(document, LIFETIME), configurations.account_of(document)
    if email and isinstance(seconds, int) and seconds > _LONGEST:
        look = partial(_of_lifetime, blueprint, clouds, email, seconds)
        yield Check(_(_LIFETIME_POLICY).format(email=email), look)


def _of_instance(
    blueprint: Blueprint, clouds: Clouds, instance: str, document: dict[str, Any]
) -> Iterator[Observation]:
    answer = clouds.aws.call("ec2", "describe_instances", InstanceIds=[instance])
    found = [each for reservation in answer["Reservations"] for each in reservation["Instances"]]
    required = any(each.get("MetadataOptions", {}).get("HttpTokens") == "required" for each in found)
    if required and value_at(document, IMDSV2) is None:
        file = blueprint.config_path.name
        yield Observation("WIF0214", (_(_TOKENS_REQUIRED).format(instance=instance, file=file),))


def _of_lifetime(blueprint: Blueprint, clouds: Clouds, email: str, seconds: int) -> Iterator[Observation]:
    project = blueprint.setup.service_account_project
    if org_policies.allows(clouds, project, org_policies.TOKEN_LIFETIME, email):
        return
    evidence = _(_TOO_LONG).format(
        file=blueprint.config_path.name,
        seconds=seconds,
        constraint=org_policies.TOKEN_LIFETIME,
        project=project,
        longest=_LONGEST,
        email=email,
    )
    yield Observation("WIF0117", (evidence,))
