"""Google service accounts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from .policy import PolicyStore


@dataclass
class ServiceAccount:
    """A Google service account.

    `unique_id` has 21 digits. `domain` is what its email address ends in; the project's own when empty.
    """

    project_id: str
    account_id: str
    unique_id: str = field(default_factory=lambda: "1" + "".join(secrets.choice("0123456789") for _ in range(20)))
    etag: str = "MDEwMjE5MjA="
    display_name: str = ""
    description: str = ""
    disabled: bool = False
    policy: PolicyStore = field(default_factory=PolicyStore)
    keys: dict[str, datetime] = field(default_factory=dict)
    """Key id to the time when the key was created."""
    disabled_keys: set[str] = field(default_factory=set)
    used_keys: dict[str, datetime] = field(default_factory=dict)
    """Key id to the time when the key was last used; without those that never were."""
    last_used: datetime | None = None
    """When a call with a token of the account was last made; None for never."""
    hidden_reads: list[bool] = field(default_factory=list)
    """What the next reads of a new account do (True: not found)."""
    domain: str = ""

    @property
    def email(self) -> str:
        """NAME@PROJECT.iam.gserviceaccount.com, except for the accounts that Google creates itself."""
        return f"{self.account_id}@{self.domain or f'{self.project_id}.iam.gserviceaccount.com'}"

    @property
    def name(self) -> str:
        """The resource name, with the project's id."""
        return f"projects/{self.project_id}/serviceAccounts/{self.email}"

    @property
    def member(self) -> str:
        """How a policy names the account."""
        return f"serviceAccount:{self.email}"

    @property
    def deleted_member(self) -> str:
        """How a policy names the account once it is deleted."""
        return f"deleted:serviceAccount:{self.email}?uid={self.unique_id}"
