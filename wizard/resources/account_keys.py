"""The keys of a service account that a workload used before, which federation replaces.

Sources: IAM API reference, `projects.serviceAccounts.keys`; Policy Intelligence documentation, "View recent usage for
service accounts and keys": the last use is a day, and can be shown with a delay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.language import _
from wizard.resources import blind
from wizard.resources.kind import Kind, Needed

_ACTIVITY = "serviceAccountKeyLastAuthentication"

_LOSES = {
    "used": ("Applications that still use the key {key} lose the access of {email}. The key was last used on {detail}"),
    "not used": (
        "Applications that still use the key {key} lose the access of {email}. Google Cloud has no record that the key "
        "was used"
    ),
    "unknown": (
        "Applications that still use the key {key} lose the access of {email}. The wizard could not read when the key "
        "was last used: {detail}"
    ),
}
"""What is known of the last use -> what the operator must confirm."""
_WORKS_AGAIN = {
    "used": "Everyone who has the key {key} can act as {email} again. The key was last used on {detail}.",
    "not used": (
        "Everyone who has the key {key} can act as {email} again. Google Cloud has no record that the key was used."
    ),
    "unknown": (
        "Everyone who has the key {key} can act as {email} again. The wizard could not read when the key was last "
        "used: {detail}"
    ),
}
"""What is known of the last use -> what a revert does."""
_TEST_FIRST = (
    "Disable keys only after the live test in the workload has passed. The wizard disables the keys last, and does "
    "not delete keys: you can enable a disabled key again."
)
_POLICY = (
    "To prevent new keys, ask an administrator to enforce the organization policy constraint "
    "iam.managed.disableServiceAccountKeyCreation on the project {project}."
)


@dataclass(frozen=True)
class LastUse:
    """What is known of the last use of a key. `detail` is the day (YYYY-MM-DD), or why the use could not be read."""

    known: Literal["used", "not used", "unknown"]
    detail: str = ""


@dataclass(frozen=True)
class Key:
    """One key that a person created."""

    id: str
    disabled: bool
    last_use: LastUse


def read(clouds: Clouds, project: str, email: str) -> list[Key]:
    """Return the keys of an account that people created, sorted by ID. Raises CloudError."""
    path = f"/v1/projects/{project}/serviceAccounts/{email}/keys"
    listed = clouds.google.call("iam", "GET", path, query={"keyTypes": "USER_MANAGED"})
    found = listed.get("keys", ())
    if not found:
        return []
    uses = _uses(clouds, project)
    keys = []
    for key in found:
        name = str(key["name"]).rpartition("/")[2]
        use = uses if isinstance(uses, LastUse) else uses.get(name, LastUse("not used"))
        keys.append(Key(name, bool(key.get("disabled")), use))
    return sorted(keys, key=lambda key: key.id)


def _uses(clouds: Clouds, project: str) -> dict[str, LastUse] | LastUse:
    """Return the last use of each key of a project, by its ID; one unknown use for all keys if it cannot be read."""
    path = f"/v1/projects/{project}/locations/global/activityTypes/{_ACTIVITY}/activities:query"
    uses: dict[str, LastUse] = {}
    query = {"pageSize": "1000"}
    try:
        while True:
            answer = clouds.google.call("policyanalyzer", "GET", path, query=query)
            for activity in answer.get("activities", ()):
                last = (activity.get("activity") or {}).get("lastAuthenticatedTime")
                if last:
                    uses[str(activity["fullResourceName"]).rpartition("/")[2]] = LastUse("used", str(last)[:10])
            if not answer.get("nextPageToken"):
                return uses
            query["pageToken"] = str(answer["nextPageToken"])
    except CloudError as error:
        return LastUse("unknown", error.message)


@dataclass(frozen=True, eq=False)
class DisabledKeys(Kind):
    """A service account without an enabled key that a person created."""

    kind: ClassVar[str] = "keys of the service account"
    project: str
    email: str
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return f"projects/{self.project}/serviceAccounts/{self.email}/keys"

    @property
    def label(self) -> str:
        return self.email

    def desired(self) -> State:
        return {"enabled": []}

    def read(self, clouds: Clouds) -> State | None:
        keys = read(clouds, self.project, self.email)
        enabled = [key for key in keys if not key.disabled]
        uses = {key.id: [key.last_use.known, key.last_use.detail] for key in enabled}
        return {"enabled": [key.id for key in enabled], "uses": uses}

    def create(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002 (an account always has a list of keys)
        raise Refused(_("the wizard does not create {self}").format(self=str(self)))

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        for key in (change.before or {})["enabled"]:
            self._switch(clouds, key, "disable")
        return None

    def written(self, clouds: Clouds, change: Change) -> State | None:
        """Return the state before the change if its keys are enabled again, else the state after it.

        Keys that others have deleted since do not count; None if none of the keys is left.
        """
        ours = (change.before or {})["enabled"]
        left = [key for key in read(clouds, self.project, self.email) if key.id in ours]
        if not left:
            return None
        return change.after if any(key.disabled for key in left) else change.before

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        """Enable those keys again that the change disabled."""
        disabled = {key.id for key in read(clouds, self.project, self.email) if key.disabled}
        for key in (change.before or {})["enabled"]:
            if key in disabled:
                self._switch(clouds, key, "enable")
        return None

    def revert_impact(self, clouds: Clouds, change: Change) -> str | None:
        """Return that the keys work again, with their last use."""
        ours = (change.before or {})["enabled"]
        lines = []
        for key in read(clouds, self.project, self.email):
            if key.id in ours and key.disabled:
                words = {"key": key.id, "email": self.email, "detail": key.last_use.detail}
                lines.append(_(_WORKS_AGAIN[key.last_use.known]).format(**words))
        return " ".join(lines) or None

    def unreadable(self, error: Refused) -> str | None:
        return blind.disabled_api(error)

    def not_yet(self, error: Refused) -> bool:
        return blind.is_api_starting(error)

    def losers(self, change: Change) -> list[str]:
        before = change.before or {}
        losers = []
        for key in before.get("enabled", ()):
            known, detail = before["uses"][key]
            losers.append(_(_LOSES[known]).format(key=key, email=self.email, detail=detail))
        return losers

    def notes(self, change: Change) -> list[str]:
        return [_(_TEST_FIRST), _(_POLICY).format(project=self.project)] if change.action == "update" else []

    def commands(self, change: Change) -> list[str]:
        place = f"--iam-account={self.email} --project={self.project}"
        keys = (change.before or {}).get("enabled", ())
        return [f"gcloud iam service-accounts keys disable {key} {place}" for key in keys]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (the same for every change)
        return [Needed("google", "iam.serviceAccountKeys.disable", self.project)]

    def _switch(self, clouds: Clouds, key: str, verb: str) -> None:
        body: dict[str, Any] = {}
        clouds.google.call("iam", "POST", f"/v1/{self.name}/{key}:{verb}", body)
