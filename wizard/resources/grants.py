"""Grants on a project or a service account. They are added to the policy, and nothing else in it changes."""

from __future__ import annotations

import shlex
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.resources import blind, policies
from wizard.resources.kind import Kind, Needed, NeededAt


@dataclass(frozen=True, eq=False)
class _Grants(Kind):
    """All grants wanted on one policy, as members by role. The state has those that the policy contains."""

    project: str
    grants: dict[str, tuple[str, ...]] = field(hash=False)
    needs: tuple[Resource, ...] = ()

    def desired(self) -> State:
        return {role: list(members) for role, members in self.grants.items()}

    def create(self, clouds: Clouds) -> Operation | None:
        policies.add(lambda: self._get(clouds), lambda policy: self._set(clouds, policy), self.grants)
        return None

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (the policy is read again)
        return self.create(clouds)

    def unreadable(self, error: Refused) -> str | None:
        return blind.disabled_api(error)

    def not_yet(self, error: Refused) -> bool:
        """Return whether IAM does not know a new pool or service account yet, which can take up to a minute."""
        unknown = isinstance(error, CloudError) and error.status == 400 and "does not exist" in error.message
        return unknown or blind.is_api_starting(error)

    def missing(self, change: Change) -> list[tuple[str, str]]:
        """Return the grants that the policy does not have, as pairs of role and member."""
        before = change.before or {}
        missing = []
        for role, members in self.grants.items():
            stored = before.get(role) or ()
            missing += [(role, member) for member in members if member not in stored]
        return missing

    @abstractmethod
    def _get(self, clouds: Clouds) -> dict[str, Any]: ...

    @abstractmethod
    def _set(self, clouds: Clouds, policy: dict[str, Any]) -> None: ...


@dataclass(frozen=True, eq=False)
class ProjectGrants(_Grants):
    """Grants of roles on a project."""

    kind: ClassVar[str] = "roles on the project"
    needed_at: ClassVar[tuple[NeededAt, ...]] = ("permission",)

    @property
    def name(self) -> str:
        return f"projects/{self.project}"

    def read(self, clouds: Clouds) -> State | None:
        return dict(policies.present(self._get(clouds), self.grants))

    def commands(self, change: Change) -> list[str]:
        return [
            f"gcloud projects add-iam-policy-binding {self.project} --role={role} --member={shlex.quote(member)} "
            "--condition=None"
            for role, member in self.missing(change)
        ]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (the same for every change)
        return [Needed("google", "resourcemanager.projects.setIamPolicy", self.project)]

    def _get(self, clouds: Clouds) -> dict[str, Any]:
        body = {"options": {"requestedPolicyVersion": 3}}
        return clouds.google.call("cloudresourcemanager", "POST", f"/v1/{self.name}:getIamPolicy", body)

    def _set(self, clouds: Clouds, policy: dict[str, Any]) -> None:
        clouds.google.call("cloudresourcemanager", "POST", f"/v1/{self.name}:setIamPolicy", {"policy": policy})


@dataclass(frozen=True, eq=False)
class ServiceAccountGrants(_Grants):
    """Grants of roles on a service account: who can impersonate it."""

    kind: ClassVar[str] = "roles on the service account"
    needed_at: ClassVar[tuple[NeededAt, ...]] = ("impersonation",)
    email: str = ""

    @property
    def name(self) -> str:
        return f"projects/{self.project}/serviceAccounts/{self.email}"

    def read(self, clouds: Clouds) -> State | None:
        try:
            return dict(policies.present(self._get(clouds), self.grants))
        except CloudError as error:
            if error.status == 404:
                return None
            raise

    def not_yet(self, error: Refused) -> bool:
        return super().not_yet(error) or blind.has_status(error, 404)

    def commands(self, change: Change) -> list[str]:
        return [
            f"gcloud iam service-accounts add-iam-policy-binding {self.email} --project={self.project} "
            f"--role={role} --member={shlex.quote(member)} --condition=None"
            for role, member in self.missing(change)
        ]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (the same for every change)
        return [Needed("google", "iam.serviceAccounts.setIamPolicy", self.project)]

    def _get(self, clouds: Clouds) -> dict[str, Any]:
        return clouds.google_iam.get_policy(self.project, self.email)

    def _set(self, clouds: Clouds, policy: dict[str, Any]) -> None:
        clouds.google_iam.set_policy(self.project, self.email, policy)
