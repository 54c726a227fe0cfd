"""Roles granted on a project, and on a service account: members added to a shared policy, never a policy replaced."""

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
    """All the grants wanted on one policy: role -> members. State holds those of them that the policy shows."""

    project: str
    grants: dict[str, tuple[str, ...]] = field(hash=False)
    needs: tuple[Resource, ...] = ()

    def desired(self) -> State:
        return {role: list(members) for role, members in self.grants.items()}

    def create(self, clouds: Clouds) -> Operation | None:
        policies.add(lambda: self._get(clouds), lambda policy: self._set(clouds, policy), self.grants)
        return None

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (what is missing is read anew)
        return self.create(clouds)

    def unreadable(self, error: Refused) -> str | None:
        return blind.switched_off(error)

    def not_yet(self, error: Refused) -> bool:
        """A policy may not know a new pool or service account yet, for up to a minute (400 in those words)."""
        told = isinstance(error, CloudError) and error.status == 400 and "does not exist" in error.message
        return told or blind.enabling_settles(error)

    def missing(self, change: Change) -> list[tuple[str, str]]:
        """The grants still to be made, as role and member."""
        before = change.before or {}
        return [(r, m) for r, members in self.grants.items() for m in members if m not in (before.get(r) or ())]

    @abstractmethod
    def _get(self, clouds: Clouds) -> dict[str, Any]: ...

    @abstractmethod
    def _set(self, clouds: Clouds, policy: dict[str, Any]) -> None: ...


@dataclass(frozen=True, eq=False)
class ProjectGrants(_Grants):
    """Roles on a project."""

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
    """Roles on a service account: who may impersonate it."""

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
