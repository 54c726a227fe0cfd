"""The Google service account that a workload impersonates, if it does not use direct access."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.language import N_, _
from wizard.resources import account_users, blind, pool_users
from wizard.resources.kind import Kind, Needed, NeededAt

_ENABLES = (
    "someone disabled the service account; the wizard enables the account again, for everyone who uses the account"
)


@dataclass(frozen=True, eq=False)
class ServiceAccount(Kind):
    """A service account. Reads of a new one can return 404 for a few seconds, so three reads in a row must succeed."""

    kind: ClassVar[str] = "service account"
    needed_at: ClassVar[tuple[NeededAt, ...]] = ("impersonation",)
    steady_reads: ClassVar[int] = 3
    project: str
    email: str
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return f"projects/{self.project}/serviceAccounts/{self.email}"

    @property
    def account_id(self) -> str:
        """The part of the email before the @."""
        return self.email.split("@", 1)[0]

    @property
    def display_name(self) -> str:
        """The title of a new account."""
        return f"{self.account_id} (federated workload)"

    def desired(self) -> State:
        return {"email": self.email, "disabled": False}

    def announce(self, clouds: Clouds) -> None:
        clouds.google_iam.announce(self.project, self.email)

    def read(self, clouds: Clouds) -> State | None:
        try:
            account = clouds.google_iam.get_service_account(self.project, self.email)
        except CloudError as error:
            if error.status == 404:
                return None
            raise
        return {"email": account.get("email"), "disabled": account.get("disabled", False)}

    def create(self, clouds: Clouds) -> Operation | None:
        clouds.google_iam.create_service_account(self.project, self.account_id, self.display_name)
        return None

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (only `disabled` can differ)
        clouds.google_iam.enable_service_account(self.project, self.email)
        return None

    def delete(self, clouds: Clouds) -> Operation | None:
        clouds.google_iam.delete_service_account(self.project, self.email)
        return None

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        """Disable the account again. `disabled` is all that an update sets."""
        if (change.before or {}).get("disabled"):
            clouds.google_iam.disable_service_account(self.project, self.email)
        return None

    def is_member(self, member: str) -> bool:
        return member == f"serviceAccount:{self.email}"

    def in_use(self, clouds: Clouds, going: Mapping[Resource, Change]) -> list[str]:
        return account_users.users(clouds, self.project, self.email, going)

    def before_deletion(self, clouds: Clouds) -> list[str]:
        return [account_users.last_use(clouds, self.project, self.email), pool_users.undeletable(N_("service account"))]

    def unreadable(self, error: Refused) -> str | None:
        return blind.disabled_api(error)

    def not_yet(self, error: Refused) -> bool:
        return blind.is_api_starting(error)

    def moved(self, error: Refused) -> bool:
        """Return whether the account already exists: a read can return 404 for an account that exists."""
        return blind.has_status(error, 409)

    def impact(self, change: Change) -> str | None:
        return _(_ENABLES) if change.action == "update" else None

    def commands(self, change: Change) -> list[str]:
        if change.action == "create":
            title = shlex.quote(self.display_name)
            return [
                f"gcloud iam service-accounts create {self.account_id} --project={self.project} --display-name={title}"
            ]
        return [f"gcloud iam service-accounts enable {self.email} --project={self.project}"]

    def permissions(self, change: Change) -> list[Needed]:
        verb = "create" if change.action == "create" else "enable"
        return [Needed("google", f"iam.serviceAccounts.{verb}", self.project)]
