"""The resources that a setup of a workload on AWS needs: Setup -> [Resource]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

from wizard.clouds import endpoints
from wizard.engine.resource import Resource, is_deleted
from wizard.federation import aws, credential_config
from wizard.federation.aws_identities import RoleSessions
from wizard.federation.grantee import Grantee, NoGrantee, grantee, members_admitted, members_of_role
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.federation.mapping import ExpressionError
from wizard.federation.widening import merged
from wizard.modes import access
from wizard.modes.access import IMPERSONATE
from wizard.modes.aws.existing import Existing, gains, standing
from wizard.modes.aws.model import AwsSetup
from wizard.modes.aws.role_sessions import role_sessions
from wizard.modes.aws.runtimes import RUNTIMES, Runtime
from wizard.resources import already
from wizard.resources.aws_role import InstanceProfile, Role
from wizard.resources.config_file import ConfigFile
from wizard.resources.pool import Pool
from wizard.resources.provider import AwsProvider

__all__ = ["IMPERSONATE", "Blueprint", "Half"]

Half = Literal["aws", "google"]


class Blueprint:
    """The resources of a setup, and the names that are derived from it.

    `number` is the number of the pool's project. A relative path of the credential configuration is in `folder`.
    `existing` is what is in Google Cloud already: an existing provider's mapping decides which member is granted.
    """

    def __init__(
        self,
        setup: AwsSetup,
        number: str,
        environ: Mapping[str, str],
        folder: Path,
        existing: Existing | None = None,
    ) -> None:
        self.setup = setup
        self._environ = environ
        self._folder = folder
        self._existing = existing or Existing()
        self.pool = PoolName(number, setup.google.pool)
        self.provider = ProviderName(self.pool, setup.google.provider)

    @property
    def mapping(self) -> dict[str, str]:
        """The setup's attribute mapping: its own, or the default for the role."""
        chosen = self.setup.google.attribute_mapping
        if chosen:
            return dict(chosen)
        return aws.mapping_for(
            self.setup.aws.account, self.setup.role_name, self._runtime.session_length, self._partition
        )

    @property
    def sessions(self) -> RoleSessions:
        """The sessions of the workload's role."""
        wanted = self.setup.aws
        return role_sessions(wanted.account, self.setup.role_name, wanted.runtime, wanted.region)

    @property
    def principal(self) -> str:
        """The member for the workload in policies: every session of its role, by the mapping that is in effect."""
        return self._grantee.member(self.pool)

    @cached_property
    def _effective(self) -> dict[str, str]:
        """The provider's mapping after apply: an existing key keeps its expression."""
        there = self._existing.provider or {}
        return merged(there.get("mapping", {}) if there.get("type") == "aws" else {}, self.mapping)

    @cached_property
    def _grantee(self) -> Grantee:
        try:
            return grantee(self._effective, self.sessions)
        except (NoGrantee, ExpressionError):
            # The plan refuses such a provider, and offers one with the setup's own mapping.
            return grantee(self.mapping, self.sessions)

    @cached_property
    def _members(self) -> set[str]:
        """Every member that includes all sessions of the role."""
        return members_of_role(self._effective, self.sessions, self.pool)

    @cached_property
    def _members_before(self) -> set[str]:
        """The members that include the role before apply; none if the provider does not admit it yet."""
        there = self._existing.provider
        if there is None or there.get("type") != "aws" or there.get("disabled") or is_deleted(there):
            return set()
        return members_admitted(there["mapping"], there["condition"], self.sessions, self.pool)

    def _gained(self) -> list[str]:
        """What the role gets as it is admitted, although the setup does not ask for it, one sentence each."""
        asked = {} if self.service_account else self.roles()
        return self._gains(self._members - self._members_before, asked)

    def _gained_as_account(self) -> list[str]:
        """What the role gets as it can impersonate the service account, one sentence each."""
        return self._gains({f"serviceAccount:{self.service_account}"}, self.roles()) if self.service_account else []

    def kept(self) -> list[str]:
        """Return the roles that the admitted workload holds, but that the setup does not ask for.

        If the workload is not admitted yet, plan says what it gets.
        """
        holder = self._workload().holder
        is_new = not self.service_account and holder not in self._members_before
        if is_new or not self._members_before:
            return []
        return already.kept(self._existing.policies, holder, self.roles())

    def _gains(self, members: set[str], asked: dict[str, list[str]]) -> list[str]:
        return gains(self._existing, self.setup.role_name, members, asked)

    @property
    def service_account(self) -> str | None:
        """The email of the service account to impersonate; None for direct access."""
        return self.setup.service_account_email

    @property
    def config_path(self) -> Path:
        """The path of the credential configuration."""
        return self._folder / self.setup.credential_config_path

    def config(self) -> dict[str, object]:
        """Return the credential configuration that the application loads."""
        return credential_config.credential_config(
            self.provider,
            service_account=self.service_account,
            token_lifetime=self.setup.access.token_lifetime,
            imdsv2=self.setup.aws.imdsv2,
            aws_domain=aws.domain_of(self.setup.aws.region),
            universe_domain=endpoints.universe_domain(self._environ),
            sts=endpoints.for_workloads("sts", self._environ),
            iamcredentials=endpoints.for_workloads("iamcredentials", self._environ),
        )

    def resources(self, only: Half | None = None) -> list[Resource]:
        """Return every resource of the setup, or those of one cloud."""
        aws_half = self._aws() if only != "google" else []
        google_half = self._google() if only != "aws" else []
        first = [*aws_half, *google_half]
        if only != "google" and self.setup.aws.wires:
            from wizard.modes.aws import wiring

            # The switch comes last, so that the workload never runs with a role that has no access yet.
            role, config = self._role, self.config()
            first += wiring.resources(self.setup, role, config, tuple(first), one_side=only == "aws")
        replaced = self.setup.replaced
        if only == "aws" or replaced is None or not self.setup.access.disable_keys:
            return first
        return [*first, *access.disabled_keys([replaced], tuple(first))]

    @property
    def _partition(self) -> str:
        return aws.partition_of(self.setup.aws.region)

    @property
    def _runtime(self) -> Runtime:
        return RUNTIMES[self.setup.aws.runtime]

    @property
    def _role(self) -> Role:
        wanted = self.setup.aws
        service = self._runtime.trusted_service(wanted.account, wanted.region)
        name = self.setup.role_name
        return Role(wanted.account, wanted.region, name, service, wanted.role_path)

    def _aws(self) -> list[Resource]:
        wanted, role, name = self.setup.aws, self._role, self.setup.role_name
        if self._runtime.delivery != "instance metadata":
            return [role]
        return [role, InstanceProfile(wanted.account, wanted.region, name, needs=(role,))]

    def _google(self) -> list[Resource]:
        google = self.setup.google
        services = access.enabled(self._services())
        home: tuple[Resource, ...] = tuple(services[p] for p in {google.project, self.setup.pool_project})
        pool = Pool(self.setup.pool_project, google.pool, needs=home)
        # A role that is admitted already gets nothing by the provider, but by the grant on the service account.
        admitted, as_account = bool(self._members_before), self._gained_as_account()
        provider = self._provider(tuple(self._gained() + ([] if admitted else as_account)), pool)
        granted = access.resources([self._workload(as_account if admitted else [])], services, pool)
        file = ConfigFile(self.config_path, self.config(), needs=(provider, *granted[:1]))
        return [*services.values(), pool, provider, *granted, file]

    def _provider(self, gained: tuple[str, ...], pool: Pool) -> Resource:
        """Return the provider. `gained` has what the workload gets as it is admitted, one sentence each."""
        google = self.setup.google
        return AwsProvider(
            self.setup.pool_project,
            google.pool,
            google.provider,
            self.sessions,
            self.mapping,
            google.attribute_condition,
            gained,
            self._existing.neighbors,
            tuple(standing(self._existing, self.pool, self._members)),
            self.pool,
            needs=(pool,),
        )

    def _workload(self, gained: Sequence[str] = ()) -> access.Workload:
        return access.Workload(
            principal=self.principal,
            impersonator=self.principal,
            grants=self.setup.access.grants,
            email=self.service_account,
            home=self.setup.service_account_project,
            also=tuple(sorted(self._members)),
            gained=tuple(gained),
        )

    def roles(self) -> dict[str, list[str]]:
        """Return the roles to grant on each project, by project ID."""
        return access.roles(self.setup.access.grants)

    def _services(self) -> dict[str, set[str]]:
        """Return the APIs that each project needs, by project ID.

        The setup's own project needs the APIs through which policies are read and written.
        """
        google = self.setup.google
        services = access.services([self._workload()])
        services[google.project] |= {"iam.googleapis.com", "cloudresourcemanager.googleapis.com"}
        services[google.project] |= access.called_apis([self._workload()])
        services[self.setup.pool_project] |= {"iam.googleapis.com", "sts.googleapis.com"}
        return services
