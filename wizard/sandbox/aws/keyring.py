"""All the keys that can sign a call to the account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .arns import global_arn
from .directory import Directory
from .identity import AccessKey, CallerIdentity, Key, Sessions, new_access_key, unique_id


class Keyring:
    """The keys of the root user, of IAM users, and of sessions.

    The operator's is there from the start; once the account is filled, the keys of IAM users are what IAM says.
    """

    def __init__(
        self, account: str, region: str, operator: str | Mapping[str, Any], sessions: Sessions, directory: Directory
    ) -> None:
        """`operator` is the IAM user's name, or {name, path?, access_key_id?, secret_access_key?}."""
        self._region = region
        given: Mapping[str, Any] = {"name": operator} if isinstance(operator, str) else operator
        self._name, self._path = str(given["name"]), str(given.get("path", "/"))
        self._sessions = sessions
        self._directory = directory
        self._filled = False
        made = new_access_key()
        self.operator = AccessKey(
            given.get("access_key_id", made.access_key_id), given.get("secret_access_key", made.secret_access_key)
        )
        self.root = new_access_key()
        user_arn = global_arn("iam", region, account, f"user{self._path}{self._name}")
        user = CallerIdentity(account, user_arn, "AIDA" + unique_id(17))
        root = CallerIdentity(account, global_arn("iam", region, account, "root"), account)
        self.operator_identity = user
        self._operator_key = Key(self.operator.access_key_id, self.operator.secret_access_key, user, "user")
        self._root_key = Key(self.root.access_key_id, self.root.secret_access_key, root, "root")

    def fill(self) -> None:
        """Create the operator's IAM user; call it in the worker thread."""
        self._directory.open(self.operator_identity.account, self._region)
        self._directory.add_user(self._region, self._name, self._path, self.operator, self.operator_identity.userid)
        self._filled = True

    def find(self, access_key_id: str) -> Key | None:
        """The key with that id; sessions' keys are found expired or not. Safe in any thread."""
        if access_key_id == self._root_key.access_key_id:
            return self._root_key
        if not self._filled and access_key_id == self._operator_key.access_key_id:
            return self._operator_key
        return self._sessions.find(access_key_id) or self._directory.key(access_key_id)
