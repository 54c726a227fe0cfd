"""Finds the setup of a workload on AWS by one name: the ARN of its role or its definition, or a service account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.google import Json
from wizard.clouds.session import Clouds
from wizard.detect.machine import google_defaults
from wizard.detect.resource_lists import get_pages
from wizard.federation.annotation import is_email
from wizard.federation.aws_identities import RoleSessions
from wizard.federation.gate import Gate
from wizard.federation.identifiers import ProviderName
from wizard.federation.mapping import ExpressionError
from wizard.language import _
from wizard.modes.aws import likely_provider, rules
from wizard.modes.aws.live import candidates, found_setup, impersonated, other_arns, role_runtime
from wizard.modes.aws.live.configured import is_missing, may_exist, region_of
from wizard.modes.aws.live.facts import ProviderFacts
from wizard.modes.granted import Granted, read_granted
from wizard.modes.opened import FoundSetup
from wizard.setup.problems import BadInput
from wizard.setup.service_accounts import project_of

_DEFINITION = re.compile(
    r"arn:[a-z-]+:(?P<service>batch|ecs):(?P<region>[a-z0-9-]+):(?P<account>\d{12}):"
    r"(?P<kind>job|task)-definition/(?P<name>[\w-]+)(:\d+)?",
    re.ASCII,
)
_NO_PROJECT = "the doctor needs a Google Cloud project to search: set GOOGLE_CLOUD_PROJECT, or pass the setup file"
_NO_PROVIDER = (
    "project {project} has no workload identity pool provider for AWS account {account}, or none that you can read: "
    "set GOOGLE_CLOUD_PROJECT to the project of the pool, or pass the credential configuration"
)
_SEVERAL = "several providers are for AWS account {account}: {names}. Pass the credential configuration of the workload"
_NO_ROLE = "{name} has no task role, job role or execution role, so the workload has no AWS identity of its own"
_NO_DEFINITION = "AWS has no active job or task definition {name} in {region}"
_ROLE_TYPED = "the workload has the role {role}"
_ROLE_OF = "the workload has the role {role}, because {name} names this role"
_ONLY_EXECUTION = "the workload needs the role {role}, which {name} names only as the execution role"
_PROVIDER = (
    "Google Cloud identifies the workload through the provider {provider}, which accepts the workload's AWS account"
)
_THROUGH = (
    "the workload impersonates {account}, because the IAM policy of this service account names the workload's role"
)


@dataclass(frozen=True)
class _Workload:
    """The AWS side, as far as a name tells it; empty where it does not."""

    sessions: RoleSessions
    region: str = ""
    runtime: str = ""
    definition: tuple[str, str] = ("", "")
    """The key of a setup, and the definition's name."""
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finder:
    """Reads what a name leads to."""

    clouds: Clouds
    region: str
    """The operator's default region; empty if unknown."""

    def find(self, given: str) -> FoundSetup | None:
        """Return the setup of what was named; None for a name that leads to no workload on AWS.

        Raises BadInput if it is not clear which setup is meant, and CloudError.
        """
        arn = rules.role_arn(given)
        if arn:
            told = (_(_ROLE_TYPED).format(role=arn.name),)
            return self._of(_Workload(RoleSessions(arn.account, arn.name, arn.partition), told=told))
        definition = _DEFINITION.fullmatch(given)
        if definition:
            return self._of(self._defined(given, definition))
        other = other_arns.instead(given)
        if other:
            raise BadInput(other)
        return self._of_account(given) if is_email(given) else None

    def _of(self, workload: _Workload) -> FoundSetup:
        project = self._project()
        name, provider = self._provider(project, workload.sessions)
        document: dict[str, Any] = {"audience": f"//iam.googleapis.com/{name.name}"}
        granted = read_granted(self.clouds, document)
        identity = candidates.identity_of(provider, workload.sessions, name.pool)
        told = [*workload.told, _(_PROVIDER).format(provider=name.provider)]
        account = None
        if not granted.roles_of(identity, None):
            account = impersonated.only_account(self.clouds, project, identity)
        if account:
            document["service_account_impersonation_url"] = _url(account)
            granted = read_granted(self.clouds, document)
            told.append(_(_THROUGH).format(account=account))
        return self._described(workload, document, provider, granted, tuple(told))

    def _of_account(self, email: str) -> FoundSetup | None:
        """Return the setup of the workload that impersonates a service account; None if no role on AWS does."""
        project = project_of(email, "")
        try:
            providers = list(self.providers(project)) if project else []
        except CloudError:  # it can still be a workload of another mode, or an account that does not exist
            return None
        granted = read_granted(self.clouds, {"service_account_impersonation_url": _url(email)})
        for name, provider in providers:
            if provider.type != "aws":
                continue
            likely = candidates.likely_roles(
                provider,
                granted.members,
                name.pool,
                lambda role: may_exist(self.clouds, role),
                likely_provider.accepts(self.clouds, name.pool),
            )
            for candidate in likely:
                if candidate.origin != candidates.BY_POLICY:
                    continue
                document = {
                    "audience": f"//iam.googleapis.com/{name.name}",
                    "service_account_impersonation_url": _url(email),
                }
                workload = _Workload(candidate.sessions, told=(candidate.origin.format(role=candidate.sessions.role),))
                return self._described(workload, document, provider, read_granted(self.clouds, document), workload.told)
        return None

    def _described(
        self,
        workload: _Workload,
        document: Mapping[str, Any],
        provider: ProviderFacts,
        granted: Granted,
        told: tuple[str, ...],
    ) -> FoundSetup:
        region = workload.region or region_of(self.clouds, workload.sessions)
        runtime = role_runtime.named(workload.runtime) or role_runtime.read(self.clouds, workload.sessions, region)
        where = found_setup.Where(workload.sessions, runtime.name, region, (*told, runtime.told))
        file = Path(f"clientLibraryConfig-{str(document['audience']).rpartition('/')[2]}.json")
        found = found_setup.found(file, document, provider, granted, where, is_missing(self.clouds, workload.sessions))
        key, definition = workload.definition
        if key:
            found.data["aws"][key] = definition
        return found

    # AWS

    def _defined(self, given: str, parts: re.Match[str]) -> _Workload:
        """Return the workload of a job or task definition. Raises BadInput if it is not there, or has no role."""
        name, region = parts["name"], parts["region"]
        read = self._job_definition if parts["service"] == "batch" else self._task_definition
        definition = read(given, name, region)
        arn, execution = rules.role_arn(definition["role"]), rules.role_arn(definition["execution"])
        role = arn or execution
        if role is None:
            raise BadInput(_(_NO_ROLE).format(name=name))
        told = (_(_ROLE_OF) if arn else _(_ONLY_EXECUTION)).format(role=role.name, name=name)
        key = f"{parts['kind']}_definition"
        sessions = RoleSessions(role.account, role.name, role.partition)
        return _Workload(sessions, region, definition["runtime"], (key, name), (told,))

    def _job_definition(self, given: str, name: str, region: str) -> Json:
        selects = {"jobDefinitions": [given]} if given.rpartition(":")[2].isdigit() else {"jobDefinitionName": name}
        answer = self.clouds.aws.call("batch", "describe_job_definitions", status="ACTIVE", **selects)
        found = max(answer.get("jobDefinitions", ()), key=lambda each: each["revision"], default=None)
        if found is None:
            raise BadInput(_(_NO_DEFINITION).format(name=name, region=region))
        container = found.get("containerProperties", {})
        tasks = found.get("ecsProperties", {}).get("taskProperties", [])
        container = container or (tasks[0] if tasks else {})
        fargate = "FARGATE" in found.get("platformCapabilities", ())
        role = container.get("jobRoleArn") or container.get("taskRoleArn")
        runtime = "batch-fargate" if fargate else "batch-ec2"
        return {"role": role, "execution": container.get("executionRoleArn"), "runtime": runtime}

    def _task_definition(self, given: str, name: str, region: str) -> Json:
        del name, region
        answer = self.clouds.aws.call("ecs", "describe_task_definition", taskDefinition=given)
        found = answer["taskDefinition"]
        runtime = "ecs-fargate" if "FARGATE" in found.get("requiresCompatibilities", ()) else "ecs-ec2"
        return {"role": found.get("taskRoleArn"), "execution": found.get("executionRoleArn"), "runtime": runtime}

    # Google Cloud

    def _project(self) -> str:
        default = google_defaults(self.clouds.environ).get("google.project")
        if default is None:
            raise BadInput(_(_NO_PROJECT))
        return str(default.value)

    def _provider(self, project: str, sessions: RoleSessions) -> tuple[ProviderName, ProviderFacts]:
        """Return the provider for the role: the only one that admits it, else the only one for its account."""
        account = sessions.account
        fitting = [pair for pair in self.providers(project) if pair[1].type == "aws" and pair[1].account == account]
        admitting = [pair for pair in fitting if _admits(pair[1], sessions)]
        for found in (admitting, fitting):
            if len(found) == 1:
                return found[0]
        if not fitting:
            raise BadInput(_(_NO_PROVIDER).format(project=project, account=account))
        names = ", ".join(f"{name.pool.pool}/{name.provider}" for name, _ignored in fitting)
        raise BadInput(_(_SEVERAL).format(account=account, names=names))

    def providers(self, project: str) -> Iterator[tuple[ProviderName, ProviderFacts]]:
        """Yield every provider of a project, deleted ones too."""
        path, query = f"/v1/projects/{project}/locations/global/workloadIdentityPools", {"showDeleted": "true"}
        for pool in get_pages(self.clouds, "iam", path, "workloadIdentityPools", query).items:
            if pool.get("mode") == "SYSTEM_TRUST_DOMAIN":
                continue
            under = f"/v1/{pool['name']}/providers"
            listed = get_pages(self.clouds, "iam", under, "workloadIdentityPoolProviders", query)
            for provider in listed.items:
                yield ProviderName.parse(f"//iam.googleapis.com/{provider['name']}"), ProviderFacts.of(provider, pool)


def _admits(provider: ProviderFacts, sessions: RoleSessions) -> bool:
    try:
        return Gate(provider.mapping, provider.condition).admits(sessions.identities()[0])
    except ExpressionError:
        return False


def _url(account: str) -> str:
    host = "https://iamcredentials.googleapis.com"
    return f"{host}/v1/projects/-/serviceAccounts/{account}:generateAccessToken"


def find(given: str, environ: Mapping[str, str]) -> FoundSetup | None:
    """Return the setup of a workload on AWS by a name. See `Finder.find`."""
    from wizard.modes.aws.machine import aws_defaults

    default = aws_defaults(environ).get("aws.region")
    definition = _DEFINITION.fullmatch(given)
    region = definition["region"] if definition else str(default.value) if default else ""
    project = google_defaults(environ).get("google.project")
    clouds = Clouds(str(project.value) if project else "", region or None, environ=environ)
    return Finder(clouds, region).find(given)
