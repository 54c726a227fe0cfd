"""The resources that a setup of pods on EKS needs: nothing on AWS, and an OIDC provider on Google Cloud."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from wizard.clouds import endpoints
from wizard.engine.resource import Resource, is_deleted
from wizard.federation import credential_config, eks
from wizard.federation.principals import FederatedIdentity, members_of, principal
from wizard.modes.aws.blueprint import Blueprint, Half
from wizard.modes.aws.eks.pod_fragment import TOKEN_FILE
from wizard.modes.aws.existing import ACCOUNT_GAINS, Existing, gains
from wizard.modes.aws.model import AwsSetup
from wizard.resources.oidc_provider import OidcProvider, ServiceAccountTokens
from wizard.resources.pool import Pool


class EksBlueprint(Blueprint):
    """The resources of a setup of pods on EKS. `issuer` is the issuer of the cluster's tokens."""

    def __init__(
        self,
        setup: AwsSetup,
        number: str,
        environ: Mapping[str, str],
        folder: Path,
        existing: Existing | None = None,
        issuer: str = "",
    ) -> None:
        super().__init__(setup, number, environ, folder, existing)
        self.issuer = issuer

    @property
    def subject(self) -> str:
        """The subject of the workload's tokens."""
        return self._tokens.subject

    @property
    def audience(self) -> str:
        """The audience of the workload's tokens."""
        return eks.audience(self.provider)

    @property
    def identity(self) -> FederatedIdentity:
        """The identity of the workload in the pool."""
        return FederatedIdentity(self.pool, self.subject)

    @property
    def principal(self) -> str:
        """The member for the workload in policies: its service account in the cluster of the provider."""
        return principal(self.pool, self.subject)

    @property
    def mapping(self) -> dict[str, str]:
        return dict(eks.MAPPING)

    @property
    def _tokens(self) -> ServiceAccountTokens:
        wanted = self.setup.aws
        return ServiceAccountTokens(
            self.issuer,
            wanted.cluster or "",
            wanted.namespace or "",
            wanted.service_account or "",
            wanted.account,
            wanted.region,
        )

    @cached_property
    def _members(self) -> set[str]:
        return members_of(self.identity)

    @cached_property
    def _members_before(self) -> set[str]:
        there = self._existing.provider
        if there is None or there.get("type") != "oidc" or there.get("disabled") or is_deleted(there):
            return set()
        admitted = not there["condition"] or self._oidc((), ()).admits(there["mapping"], there["condition"])
        return self._members if admitted and there["issuer"] == self.issuer else set()

    def _gains(self, members: set[str], asked: dict[str, list[str]]) -> list[str]:
        return gains(self._existing, self.setup.kubernetes_account, members, asked, ACCOUNT_GAINS)

    def config(self) -> dict[str, object]:
        return credential_config.file_config(
            self.provider,
            TOKEN_FILE,
            service_account=self.service_account,
            token_lifetime=self.setup.access.token_lifetime,
            universe_domain=endpoints.universe_domain(self._environ),
            sts=endpoints.for_workloads("sts", self._environ),
            iamcredentials=endpoints.for_workloads("iamcredentials", self._environ),
        )

    def resources(self, only: Half | None = None) -> list[Resource]:
        return self._google() if only != "aws" else []

    def _provider(self, gained: tuple[str, ...], pool: Pool) -> Resource:
        return self._oidc(gained, (pool,))

    def _oidc(self, gained: tuple[str, ...], needs: tuple[Resource, ...]) -> OidcProvider:
        google, number = self.setup.google, self.pool.project_number
        return OidcProvider(
            self.setup.pool_project, google.pool, google.provider, number, self._tokens, gained, needs=needs
        )
