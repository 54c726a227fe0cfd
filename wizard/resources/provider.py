"""The AWS provider of a workload identity pool. Workloads share it: one that exists is widened, never replaced."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Refused, Resource, State, is_deleted
from wizard.federation import bystanders, conditions, widening
from wizard.federation.aws_identities import RoleSessions
from wizard.federation.bystanders import Neighbor
from wizard.federation.gate import Gate
from wizard.federation.grantee import NoGrantee, grantee
from wizard.federation.identifiers import PoolName
from wizard.federation.mapping import ExpressionError
from wizard.federation.weakness import weaknesses
from wizard.language import translated
from wizard.resources import gcloud_flags
from wizard.resources import provider_texts as texts
from wizard.resources.already import Already
from wizard.resources.pool_provider import PoolProvider, read_provider, state_of

__all__ = ["AwsProvider", "read_neighbors", "read_provider"]

_MOST_PROVIDERS = 100
"""The largest page of providers, in number; a pool has rarely more than a few."""


@dataclass(frozen=True, eq=False)
class AwsProvider(PoolProvider):
    """A provider: its AWS account, the attribute mapping, and the condition that identities must meet.

    `mapping` and `condition` are those of the setup; a condition of None admits only the role of `sessions`. `gained`
    has what the role gets from members that policies have already, one line each. `neighbors` are the other providers
    of the pool, and `standing` has what policies grant to other members of the pool, whose name is `pool_name`.
    """

    fields: ClassVar[dict[str, str]] = {
        "disabled": "disabled",
        "account": "aws",
        "mapping": "attributeMapping",
        "condition": "attributeCondition",
    }
    sessions: RoleSessions
    mapping: dict[str, str] = field(hash=False)
    condition: str | None = None
    gained: tuple[str, ...] = ()
    neighbors: tuple[Neighbor, ...] = ()
    standing: tuple[Already, ...] = ()
    pool_name: PoolName | None = None
    needs: tuple[Resource, ...] = ()

    @property
    def account(self) -> str:
        """The ID of the AWS account."""
        return self.sessions.account

    def desired(self) -> State:
        try:
            return self._state(widening.new(self.mapping, self.condition, self.sessions))
        except (NoGrantee, ExpressionError) as error:
            raise Refused(str(error)) from error

    def desired_with(self, before: State | None) -> State:
        """Return the state that admits the role and everyone whom the provider admits now.

        Raises Refused for a provider of another type or account, and for one that cannot be widened safely.
        """
        if before is None:
            return self.desired()
        self._check_type_and_account(before)
        there = before["mapping"], before["condition"]
        try:
            return self._state(widening.widened(*there, self.mapping, self.condition, self.sessions))
        except widening.CannotWiden as error:
            raise self._refused(texts.CANNOT_ADMIT, reason=str(error)) from error

    def body(self, state: State) -> dict[str, Any]:
        return {
            "attributeCondition": state["condition"],
            "attributeMapping": dict(state["mapping"]),
            "aws": {"accountId": state["account"]},
            "disabled": bool(state.get("disabled")),
        }

    def impact(self, change: Change) -> str | None:
        """Return what must be confirmed: someone disabled or deleted the provider, and others gain when it is back."""
        before = change.before
        if before is None or not (is_deleted(before) or before.get("disabled")):
            return None
        template = translated(texts.UNDELETED if is_deleted(before) else texts.ENABLED)
        return template.format(whom=self._whom(before.get("condition", "")))

    def gains(self, change: Change) -> list[str]:
        """Return what the role gets from members that are there already, if the change is what gives it to the role."""
        admits = change.action in ("create", "undelete") or {"condition", "disabled", "mapping"} & set(
            self.changed(change)
        )
        return [*(self.gained if admits else ()), *self._made_effective(change)]

    def notes(self, change: Change) -> list[str]:
        """Return what is worth knowing about a condition that admits more than the role."""
        mapping, condition = change.after["mapping"], change.after["condition"]
        named = grantee(mapping, self.sessions)
        found = weaknesses(mapping, condition, self.sessions, named)
        words = {"role": self.sessions.role, "key": named.key, "value": named.value}
        for provider, arn in bystanders.sharing(self.neighbors, named, self.sessions):
            found.append(translated(texts.SAME_VALUE_ELSEWHERE).format(arn=arn, provider=provider, **words))
        return found

    def commands(self, change: Change) -> list[str]:
        base = "gcloud iam workload-identity-pools providers"
        where = f"{self.provider} --location=global --workload-identity-pool={self.pool} --project={self.project}"
        flags = {
            "account": f"--account-id={change.after['account']}",
            "mapping": gcloud_flags.dictionary("--attribute-mapping", change.after["mapping"]),
            "condition": f"--attribute-condition={shlex.quote(change.after['condition'])}",
        }
        if change.action == "create":
            return [f"{base} create-aws {where} {' '.join(flags.values())}"]
        changed = [{**flags, "disabled": "--no-disabled"}[key] for key in self.changed(change)]
        undelete = [f"{base} undelete {where}"] if change.action == "undelete" else []
        update = [f"{base} update-aws {where} {' '.join(changed)}"] if changed else []
        return undelete + update

    def _state(self, widened: widening.Widened) -> State:
        return {
            "state": "ACTIVE",
            "disabled": False,
            "account": self.account,
            "mapping": dict(widened.mapping),
            "condition": widened.condition,
        }

    def _check_type_and_account(self, before: State) -> None:
        kind, account = str(before.get("type", "aws")), before.get("account")
        if kind != "aws":
            raise self._refused(texts.OTHER_TYPE, type=texts.title_of(kind, before.get("issuer")))
        if account != self.account:
            raise self._refused(texts.OTHER_ACCOUNT, theirs=str(account), ours=self.account)

    def _refused(self, template: str, **values: str) -> Refused:
        advice = translated(texts.OWN_PROVIDER).format(name=texts.own_provider(self.sessions.role, self.provider))
        values |= {"provider": self.provider, "pool": self.pool, "role": self.sessions.role}
        return Refused(f"{translated(template).format(**values)} {advice}")

    def _made_effective(self, change: Change) -> Iterator[str]:
        """Yield what others get since the mapping has more attributes than before."""
        before, after = change.before, change.after
        if before is None or self.pool_name is None or "mapping" not in self.changed(change):
            return
        old, new = Gate(before["mapping"], before["condition"]), Gate(after["mapping"], after["condition"])
        members = {each.member for each in self.standing}
        arns = bystanders.newly_included(old, new, self.sessions, self.pool_name, members)
        for each in self.standing:
            words = {"granted": each.role, "project": each.project, "member": each.member}
            if each.member not in arns:
                continue
            if each.condition is None:
                yield translated(texts.MADE_EFFECTIVE).format(arn=arns[each.member], **words)
            else:
                template = translated(texts.MADE_EFFECTIVE_UNDER_CONDITION)
                yield template.format(arn=arns[each.member], condition=each.condition, **words)

    def _whom(self, condition: str) -> str:
        """Return whom a condition admits, as a noun: a list of roles, or everyone whom it admits."""
        listed = conditions.listed(condition)
        if listed:
            return ", ".join(listed.values)
        template = translated(texts.WHOEVER if condition else texts.EVERYONE)
        return template.format(account=self.account, condition=condition)


def read_neighbors(clouds: Clouds, pool: str, provider: str) -> tuple[Neighbor, ...]:
    """Return the AWS providers of a pool, by its full name, that admit identities now, without `provider`.

    Raises CloudError.
    """
    query = {"pageSize": _MOST_PROVIDERS}
    listed = clouds.google.call("iam", "GET", f"/v1/{pool}/providers", query=query)
    found = []
    for each in listed.get("workloadIdentityPoolProviders", ()):
        name, state = each["name"].rpartition("/")[2], state_of(each)
        if name == provider or state["type"] != "aws" or state["disabled"] or is_deleted(state):
            continue
        try:
            found.append(Neighbor(name, str(state["account"]), Gate(state["mapping"], state["condition"])))
        except ExpressionError:
            continue  # the token service cannot evaluate it either, so that it admits nobody
    return tuple(found)
