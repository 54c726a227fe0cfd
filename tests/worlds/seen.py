"""What everyone can do in a sandbox, asked of the sandbox alone: nothing here is computed as the wizard computes it.

Each fact is a tuple, so that two moments can be compared as sets.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.sandbox.google.signing import Signer, encoded
from tests.worlds import names
from tests.worlds.cloud import Cloud
from wizard.sandbox.aws.identity import CallerIdentity, Key
from wizard.sandbox.aws.messages import message
from wizard.sandbox.aws.signature import verify
from wizard.sandbox.google.errors import GoogleError, OAuthError
from wizard.sandbox.google.exchange import ACCESS_TOKEN, AWS_REQUEST, GRANT_TYPE, ExchangeRequest, exchange
from wizard.sandbox.model.callers import CLOUD_PLATFORM, Caller
from wizard.sandbox.model.policy import Access, PolicyStore
from wizard.sandbox.model.projects import Project

Fact = tuple[str, ...]
Facts = frozenset[Fact]

TASK, INSTANCE, FUNCTION = (
    "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "i-0123456789abcdef0",
    "the-name-of-a-function-" + "f" * 41,
)
"""Names of role sessions, as long as those of tasks, of instances, and of functions."""
IMPERSONATING = (names.IMPERSONATE, "roles/iam.serviceAccountTokenCreator")
SERVICES = {
    "ecs-tasks.amazonaws.com": {
        "aws:SourceAccount": names.ACCOUNT,
        "aws:SourceArn": f"arn:aws:ecs:{names.REGION}:{names.ACCOUNT}:task/jobs/{TASK}",
    },
    "ec2.amazonaws.com": {},
    "lambda.amazonaws.com": {},
}
"""The services that assume roles of workloads, and the condition keys that each sends."""


def identities() -> Iterator[CallerIdentity]:
    """Everyone who signs: sessions of every role, users, the root user, and roles of another account."""
    for number, role in enumerate(names.ROLES):
        for name in (TASK, INSTANCE, FUNCTION, "loader"):
            yield CallerIdentity(names.ACCOUNT, names.session(role, name), f"AROAEXAMPLE{number}:{name}")
        there = names.session(role, TASK, names.ELSEWHERE)
        yield CallerIdentity(names.ELSEWHERE, there, f"AROAEXAMPLE{number}0:{TASK}")
    users = ("user/loader", "user/alice", "user/assumed-role/loader/alice", "user/assumed-role/team-a/x", "root")
    for number, user in enumerate(users):
        yield CallerIdentity(names.ACCOUNT, f"arn:aws:iam::{names.ACCOUNT}:{user}", f"AIDA{number}")
    yield CallerIdentity(names.ACCOUNT, f"arn:aws:sts::{names.ACCOUNT}:federated-user/loader", "222:loader")


class Signers:
    """An AWS STS that knows everyone by a key."""

    def __init__(self) -> None:
        self._keys: dict[str, Key] = {}
        self.signers: dict[str, Signer] = {}
        for number, identity in enumerate(identities()):
            key = Key(f"ASIAEXAMPLE{number}", "secret/EXAMPLE", identity, "role", token="SESSION==")
            self._keys[key.access_key_id] = key
            self.signers[identity.arn] = Signer(key.access_key_id, "secret/EXAMPLE", "SESSION==")

    def identify(self, method: str, url: str, headers: Any, body: bytes, now: datetime) -> CallerIdentity:
        """Who signed the request."""
        return verify(message(method, url, headers, body), self._keys.get, now)[1].identity


@dataclass(frozen=True)
class Moment:
    """When and on which resource a condition of a policy is tried."""

    name: str
    later: timedelta
    resource: str


MOMENTS = (
    Moment("now", timedelta(0), "projects/x"),
    Moment("now on a dataset", timedelta(0), "projects/x/datasets/sales"),
    Moment("later", timedelta(days=3650), "projects/x"),
)


class Observer:
    """Looks at a sandbox."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud, self._world = cloud, cloud.world
        self._signers = self._world.aws = Signers()
        self._exchanges: dict[str, Caller | None] = {}
        """What was exchanged before, by everything that decides it."""

    def look(self) -> Facts:
        """Everything that anyone can do."""
        return frozenset([*self._federated(), *self._members(), *self._trust(), *self._profiles()])

    def text(self) -> str:
        """Everything that is stored, to see whether anything was written."""
        found: list[Any] = []
        for project in self._world.projects:
            accounts = [(each.email, each.disabled, each.policy.bindings) for each in self._accounts(project)]
            pools = [(pool.fields, pool.expires, pool.providers) for pool in project.pools.values()]
            found.append((project.id, sorted(project.enabled), project.policy.bindings, accounts, pools))
        return repr([*found, sorted(self._trust()), sorted(self._profiles())])

    def _federated(self) -> Iterator[Fact]:
        for project in self._world.projects:
            for pool in project.pools.values():
                for provider in pool.providers.values():
                    state = repr((project.enabled, pool.fields, pool.expires, provider))
                    for arn in self._signers.signers:
                        caller = self._exchanged(arn, provider.name.audience, state)
                        if caller is not None:
                            yield ("admitted", provider.name.name, arn)
                            for fact in self._can(caller):
                                yield (fact[0], provider.name.name, arn, *fact[1:])

    def _exchanged(self, arn: str, audience: str, state: str) -> Caller | None:
        if arn + state not in self._exchanges:
            self._exchanges[arn + state] = self._exchange(arn, audience)
        return self._exchanges[arn + state]

    def _exchange(self, arn: str, audience: str) -> Caller | None:
        token = encoded(self._signers.signers[arn].request(audience, self._world.clock()))
        request = ExchangeRequest(GRANT_TYPE, audience, CLOUD_PLATFORM, ACCESS_TOKEN, AWS_REQUEST, token)
        try:
            return exchange(self._world, request)
        except (OAuthError, GoogleError):
            return None

    def _can(self, caller: Caller) -> Iterator[Fact]:
        """The roles that a caller has, and those of the service accounts that it can impersonate."""
        yield from self._roles("role", caller)
        for project in self._world.projects:
            for account in self._accounts(project):
                for moment in MOMENTS:
                    places = (account.policy, project.policy)
                    ways = [(place, role) for place in places for role in IMPERSONATING]
                    if any(self._has(place, caller, role, moment) for place, role in ways):
                        yield ("impersonates", account.email, moment.name)

    def _roles(self, word: str, caller: Caller) -> Iterator[Fact]:
        for project in self._world.projects:
            for role in names.GRANTED:
                for moment in MOMENTS:
                    if self._has(project.policy, caller, role, moment):
                        yield (word, project.id, role, moment.name)

    def _has(self, policy: PolicyStore, caller: Caller, role: str, moment: Moment) -> bool:
        """Whether a policy gives the role itself: each role counts as one permission of its own name."""
        now, resource = self._world.clock() + moment.later, {"name": moment.resource}
        return policy.grants(Access(caller, role, now, resource, lambda one, other: one == other))

    def _members(self) -> Iterator[Fact]:
        for project in self._world.projects:
            for account in self._accounts(project):
                if not account.disabled:
                    caller = Caller("serviceAccount", account.member, None, (), self._world.clock())
                    yield from (("member", account.member, *fact[1:]) for fact in self._roles("", caller))
        for user in (names.ALICE, names.OPERATOR):
            caller = Caller("user", user, None, (), self._world.clock())
            yield from (("member", user, *fact[1:]) for fact in self._roles("", caller))

    def _accounts(self, project: Project) -> list[Any]:
        return list(project.service_accounts.values())

    def _trust(self) -> Iterator[Fact]:
        trust, directory = self._cloud.aws.trust, self._cloud.aws.directory
        for name in names.ROLES:
            role = directory.role_named(name)
            if role is None:
                continue
            for service, context in SERVICES.items():
                if trust.admits_service(role, service, context):
                    yield ("trust", name, service)
            operator = self._cloud.aws._keyring._operator_key
            if trust.admits_key(role, operator, "alice", None):
                yield ("trust", name, operator.identity.arn)

    def _profiles(self) -> Iterator[Fact]:
        directory = self._cloud.aws.directory
        for name in names.ROLES:
            role = directory.profile_role(name)
            if role is not None:
                yield ("profile", name, role.name)
