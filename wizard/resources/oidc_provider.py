"""The OIDC provider of a pool, for the tokens of a Kubernetes cluster, which several workloads share.

One that exists is widened, never replaced.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.engine.resource import Change, Refused, Resource, State, is_deleted
from wizard.federation import conditions, eks
from wizard.federation.conditions import CONDITION_LIMIT
from wizard.federation.identifiers import IAM_HOST
from wizard.federation.mapping import Condition, ExpressionError, Mapping
from wizard.language import translated
from wizard.resources import gcloud_flags
from wizard.resources import provider_texts as texts
from wizard.resources.pool_provider import PoolProvider

_SUBJECT = "google.subject"


@dataclass(frozen=True)
class ServiceAccountTokens:
    """The tokens of one Kubernetes service account in one cluster, by their issuer.

    `account` and `region` are those of the cluster in AWS, if they matter.
    """

    issuer: str
    cluster: str
    namespace: str
    service_account: str
    account: str = ""
    region: str = ""

    @property
    def title(self) -> str:
        """The service account, as NAMESPACE/NAME."""
        return f"{self.namespace}/{self.service_account}"

    @property
    def subject(self) -> str:
        """The subject of the tokens."""
        return eks.subject(self.namespace, self.service_account)


@dataclass(frozen=True, eq=False)
class OidcProvider(PoolProvider):
    """A provider: the issuer of its tokens, their audiences, the mapping, and the condition that they must meet.

    `number` is the number of the pool's project. Without audiences, tokens must have the provider's own name as their
    audience. `gained` has what the workload gets from members that policies have already, one line each.
    """

    fields: ClassVar[dict[str, str]] = {
        "disabled": "disabled",
        "issuer": "oidc",
        "audiences": "oidc",
        "mapping": "attributeMapping",
        "condition": "attributeCondition",
    }
    number: str
    tokens: ServiceAccountTokens
    gained: tuple[str, ...] = ()
    needs: tuple[Resource, ...] = ()

    @property
    def audience(self) -> str:
        """The audience that the workload's tokens have: the provider's own name."""
        path = f"workloadIdentityPools/{self.pool}/providers/{self.provider}"
        return f"https:{IAM_HOST}projects/{self.number}/locations/global/{path}"

    def desired(self) -> State:
        return self._state([], dict(eks.MAPPING), eks.condition(self.tokens.subject))

    def desired_with(self, before: State | None) -> State:
        """Return the state that admits the service account and everyone whom the provider admits now.

        Raises Refused for a provider of another type or issuer, and for one that cannot be widened safely.
        """
        if before is None:
            return self.desired()
        if before.get("type", "oidc") != "oidc":
            theirs = texts.title_of(str(before.get("type")))
            raise self._refused(texts.NOT_OIDC, type=theirs)
        if before["issuer"] != self.tokens.issuer:
            raise self._refused(texts.OTHER_ISSUER, theirs=str(before["issuer"]), ours=self.tokens.issuer)
        if before["mapping"].get(_SUBJECT) != eks.MAPPING[_SUBJECT]:
            raise self._refused(texts.OTHER_SUBJECT, expression=str(before["mapping"].get(_SUBJECT)))
        audiences = list(before["audiences"])
        if audiences and self.audience not in audiences:
            audiences.append(self.audience)
        return self._state(audiences, dict(before["mapping"]), self._widened(before))

    def _widened(self, before: State) -> str:
        """Return the condition that also admits the service account. An absent condition stays absent."""
        old, ours = str(before["condition"]), eks.condition(self.tokens.subject)
        if not old or self.admits(before["mapping"], old):
            return old
        try:
            Condition(old)
        except ExpressionError as error:
            raise self._refused(texts.CANNOT_JOIN, reason=str(error)) from error
        joined = conditions.joined(old, ours)
        if len(joined) > CONDITION_LIMIT:
            raise self._refused(texts.TOO_LONG_TO_JOIN, limit=str(CONDITION_LIMIT))
        return joined

    def admits(self, mapping: dict[str, str], condition: str) -> bool:
        """Return whether a provider with this mapping and condition admits the service account."""
        tokens = self.tokens
        claims = eks.claims(tokens.issuer, tokens.namespace, tokens.service_account, self.audience)
        try:
            return Condition(condition).evaluate(claims, Mapping(mapping).evaluate(claims))
        except ExpressionError:
            return False  # it needs claims that only a token has: then the condition is widened, which loses nobody

    def body(self, state: State) -> dict[str, Any]:
        audiences = {"allowedAudiences": list(state["audiences"])} if state["audiences"] else {}
        return {
            "attributeCondition": state["condition"],
            "attributeMapping": dict(state["mapping"]),
            "oidc": {"issuerUri": state["issuer"], **audiences},
            "disabled": bool(state.get("disabled")),
        }

    def impact(self, change: Change) -> str | None:
        """Return what must be confirmed: someone disabled or deleted the provider, and others gain when it is back."""
        before = change.before
        if before is None or not (is_deleted(before) or before.get("disabled")):
            return None
        condition = str(before.get("condition", ""))
        whom = translated(texts.WHOEVER).format(condition=condition) if condition else self._everyone()
        template = translated(texts.UNDELETED if is_deleted(before) else texts.ENABLED)
        return template.format(whom=whom)

    def gains(self, change: Change) -> list[str]:
        """Return what the workload gets from members that are there already, if the change is what gives it to it."""
        changed = {"condition", "disabled", "mapping"} & set(self.changed(change))
        return list(self.gained) if change.action in ("create", "undelete") or changed else []

    def notes(self, change: Change) -> list[str]:
        """Return that everyone in the cluster can get a token, if no condition prevents it."""
        if change.after["condition"]:
            return []
        return [translated(texts.NO_CONDITION).format(provider=self.provider, everyone=self._everyone())]

    def commands(self, change: Change) -> list[str]:
        base = "gcloud iam workload-identity-pools providers"
        where = f"{self.provider} --location=global --workload-identity-pool={self.pool} --project={self.project}"
        after = change.after
        flags = {
            "issuer": f"--issuer-uri={shlex.quote(after['issuer'])}",
            "mapping": gcloud_flags.dictionary("--attribute-mapping", after["mapping"]),
            "condition": f"--attribute-condition={shlex.quote(after['condition'])}",
        }
        if change.action == "create":
            return [f"{base} create-oidc {where} {' '.join(flags.values())}"]
        audiences = ",".join(after["audiences"])
        flags |= {"audiences": f"--allowed-audiences={shlex.quote(audiences)}", "disabled": "--no-disabled"}
        changed = [flags[key] for key in self.changed(change)]
        undelete = [f"{base} undelete {where}"] if change.action == "undelete" else []
        update = [f"{base} update-oidc {where} {' '.join(changed)}"] if changed else []
        return undelete + update

    def _state(self, audiences: list[str], mapping: dict[str, str], condition: str) -> State:
        return {
            "state": "ACTIVE",
            "disabled": False,
            "issuer": self.tokens.issuer,
            "audiences": audiences,
            "mapping": mapping,
            "condition": condition,
        }

    def _everyone(self) -> str:
        return translated(texts.EVERYONE_IN_CLUSTER).format(cluster=self.tokens.cluster)

    def _refused(self, template: str, **values: str) -> Refused:
        name = texts.own_provider(self.tokens.service_account, self.provider, prefix="eks")
        advice = translated(texts.OWN_PROVIDER).format(name=name)
        values |= {"provider": self.provider, "pool": self.pool, "workload": self.tokens.title}
        return Refused(f"{translated(template).format(**values)} {advice}")
