"""What must be so in the clouds, for one setup: Setup -> [Resource]."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from wizard.clouds import endpoints
from wizard.engine.resource import Resource
from wizard.federation import aws, credential_config, principals
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.resources.aws_role import InstanceProfile, Role
from wizard.resources.config_file import ConfigFile
from wizard.resources.grants import ProjectGrants, ServiceAccountGrants
from wizard.resources.pool import Pool
from wizard.resources.provider import AwsProvider
from wizard.resources.service_account import ServiceAccount
from wizard.resources.services import EnabledServices
from wizard.setup import products
from wizard.setup.model import AwsSetup

Half = Literal["aws", "google"]

IMPERSONATE = "roles/iam.workloadIdentityUser"
"""The role on a service account that lets a federated principal act as it."""


class Blueprint:
    """The resources of a setup, and the names that follow from it.

    `number` is the number of the pool's project; `folder` is where a relative credential configuration goes.
    """

    def __init__(self, setup: AwsSetup, number: str, environ: Mapping[str, str], folder: Path) -> None:
        self.setup = setup
        self._environ = environ
        self._folder = folder
        self.pool = PoolName(number, setup.google.pool)
        self.provider = ProviderName(self.pool, setup.google.provider)

    @property
    def mapping(self) -> dict[str, str]:
        """The provider's attribute mapping: the setup's own, or the one that fits the role's names."""
        chosen = self.setup.google.attribute_mapping
        account, role, runtime = self.setup.aws.account, self.setup.aws.role, self.setup.aws.runtime
        return dict(chosen) if chosen else aws.mapping_for(account, role, runtime, self._partition)

    @property
    def condition(self) -> str:
        """The provider's attribute condition: the setup's own, or the one that admits this role only."""
        chosen = self.setup.google.attribute_condition
        return chosen or aws.condition_for(self.setup.aws.account, self.setup.aws.role, self._partition)

    @property
    def principal(self) -> str:
        """The member that stands for the workload in policies: every session of its role."""
        value = aws.role_attribute(self.setup.aws.account, self.setup.aws.role, self._partition)
        return principals.principal_set(self.pool, "aws_role", value)

    @property
    def service_account(self) -> str | None:
        """The e-mail of the service account to impersonate; None for direct access."""
        return self.setup.service_account_email

    @property
    def config_path(self) -> Path:
        """Where the credential configuration goes."""
        return self._folder / self.setup.credential_config_path

    def config(self) -> dict[str, object]:
        """The credential configuration that the application loads."""
        return credential_config.credential_config(
            self.provider,
            service_account=self.service_account,
            token_lifetime=self.setup.access.token_lifetime,
            imdsv2=self.setup.aws.imdsv2,
            universe_domain=endpoints.universe_domain(self._environ),
            sts=endpoints.google("sts", self._environ),
            iamcredentials=endpoints.google("iamcredentials", self._environ),
        )

    def resources(self, only: Half | None = None) -> list[Resource]:
        """Everything that must be so, or the half of it that is in one cloud."""
        aws_half = self._aws() if only != "google" else []
        return aws_half + (self._google() if only != "aws" else [])

    @property
    def _partition(self) -> str:
        return aws.partition_of(self.setup.aws.region)

    def _aws(self) -> list[Resource]:
        wanted = self.setup.aws
        role = Role(wanted.account, wanted.region, wanted.role, wanted.runtime)
        if wanted.runtime != "ec2":
            return [role]
        return [role, InstanceProfile(wanted.account, wanted.role, needs=(role,))]

    def _google(self) -> list[Resource]:
        google = self.setup.google
        services = {p: EnabledServices(p, tuple(sorted(names))) for p, names in self._services().items()}
        home: tuple[Resource, ...] = tuple(services[p] for p in {google.project, self.setup.pool_project})
        pool = Pool(self.setup.pool_project, google.pool, needs=home)
        provider = AwsProvider(
            self.setup.pool_project,
            google.pool,
            google.provider,
            self.setup.aws.account,
            self.mapping,
            self.condition,
            needs=(pool,),
        )
        access = self._direct(pool, services) if self.service_account is None else self._impersonated(pool, services)
        file = ConfigFile(self.config_path, self.config(), needs=(provider, *access[:1]))
        return [*services.values(), pool, provider, *access, file]

    def _direct(self, pool: Pool, services: Mapping[str, EnabledServices]) -> list[Resource]:
        return [
            ProjectGrants(project, dict.fromkeys(roles, (self.principal,)), needs=(pool, services[project]))
            for project, roles in self.roles().items()
        ]

    def _impersonated(self, pool: Pool, services: Mapping[str, EnabledServices]) -> list[Resource]:
        email = str(self.service_account)
        project = self.setup.service_account_project
        account = ServiceAccount(project, email, needs=(services[project],))
        bind = ServiceAccountGrants(project, {IMPERSONATE: (self.principal,)}, needs=(account, pool), email=email)
        member = f"serviceAccount:{email}"
        grants = [
            ProjectGrants(target, dict.fromkeys(roles, (member,)), needs=(account, services[target]))
            for target, roles in self.roles().items()
        ]
        return [account, bind, *grants]

    def roles(self) -> dict[str, list[str]]:
        """Project -> the roles wanted on it."""
        found: dict[str, list[str]] = defaultdict(list)
        for grant in self.setup.access.grants:
            project = grant.on.removeprefix("projects/")
            found[project] += [role for role in grant.roles if role not in found[project]]
        return dict(found)

    def _services(self) -> dict[str, set[str]]:
        """Project -> the APIs that must be on in it; policies are read and written through the setup's own project."""
        google = self.setup.google
        found: dict[str, set[str]] = defaultdict(set)
        found[google.project] |= {"iam.googleapis.com", "cloudresourcemanager.googleapis.com"}
        found[self.setup.pool_project] |= {"iam.googleapis.com", "sts.googleapis.com"}
        if self.service_account is not None:
            found[self.setup.service_account_project] |= {"iam.googleapis.com", "iamcredentials.googleapis.com"}
        for project, roles in self.roles().items():
            found[project] |= {service for role in roles if (service := products.service_of(role))}
        return dict(found)
