"""The places where the live test runs: inside the workload, or on this machine with the workload's role."""

import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, Self

from wizard.chain import own_words
from wizard.chain.environment import without_identity
from wizard.chain.hop import Hop, Outcome, Progress
from wizard.chain.report import Report
from wizard.clouds.errors import CloudError
from wizard.engine.patience import Patience, Time
from wizard.federation import aws as federation
from wizard.federation.trust import Policy, TrustedService, named_services, trusts_service
from wizard.language import _
from wizard.modes.aws.live import container_endpoint
from wizard.modes.aws.live.trusted import EXPLICIT_DENY, needs_trust
from wizard.modes.aws.runtimes import RUNTIMES, Delivery
from wizard.resources.trust_quota import AwsCalls
from wizard.secret import Secret

SESSION_SECONDS = 900
"""The shortest session that AWS allows."""

_USUAL_SESSION = 32  # characters: the ID of an ECS task

_KEPT = ("AWS_CA_BUNDLE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS")
"""The operator's AWS settings that are kept: certificates and endpoints."""


@dataclass(frozen=True)
class WorkloadRole:
    """The workload's role, and the runtime that gives the workload its credentials; "" if it is not known."""

    account: str
    role_name: str
    runtime: str
    region: str

    @property
    def service(self) -> TrustedService | None:
        """The service that assumes the role for the workload; None if the runtime is not known."""
        return RUNTIMES[self.runtime].trusted_service(self.account, self.region) if self.runtime else None

    @property
    def role_arn(self) -> str:
        """The ARN of the role, if it has no path."""
        return federation.role_arn(self.account, self.role_name, federation.partition_of(self.region))


@dataclass(frozen=True)
class RoleCredentials:
    """The credentials of an assumed role, in the two formats in which runtimes provide them."""

    role_arn: str
    access_key_id: str
    secret_access_key: Secret
    session_token: Secret
    expiration: datetime

    @classmethod
    def of(cls, role_arn: str, answer: Mapping[str, Any]) -> Self:
        """Create them from `Credentials` in the answer of AssumeRole."""
        keys = (Secret(answer["SecretAccessKey"]), Secret(answer["SessionToken"]))
        return cls(role_arn, answer["AccessKeyId"], *keys, answer["Expiration"])

    def document(self) -> dict[str, str]:
        """Return the document that a metadata service returns."""
        return {
            "RoleArn": self.role_arn,
            "AccessKeyId": self.access_key_id,
            "SecretAccessKey": self.secret_access_key.reveal(),
            "Token": self.session_token.reveal(),
            "Expiration": self.expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def variables(self) -> dict[str, str]:
        """Return the environment variables with the credentials."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key.reveal(),
            "AWS_SESSION_TOKEN": self.session_token.reveal(),
        }


class RemoteProbe(Protocol):
    """Runs the probe in another place than this machine."""

    def run(
        self,
        request: Mapping[str, Any],
        hops: tuple[Hop, ...],
        report: Report,
        on_report: Callable[[Outcome | Progress], None],
        stop: threading.Event | None,
    ) -> None:
        """Let the probe take `hops`; `on_report` adds their outcomes.

        Raises CloudError, Refused, Stopped and LeftBehind.
        """


@dataclass(frozen=True)
class Place:
    """An environment in which the probe runs.

    `link_local`: whether the probe can contact metadata services. `withheld`: why the runtime would not give the
    workload credentials; the environment has none then. `unproven`: why it is not known whether the runtime would.
    `remote` runs the probe in another place than this machine, where no application can be tried.
    """

    environment: Mapping[str, str] = field(repr=False)
    link_local: bool = True
    evidence: tuple[str, ...] = ()
    withheld: str | None = None
    runtime: str | None = None
    unproven: str | None = None
    remote: RemoteProbe | None = None
    in_workload: bool = False
    """Whether it is the workload itself, so that its network is tested too."""


def inside(environ: Mapping[str, str] | None = None) -> Place:
    """Return the place inside the workload: the environment of this process, unchanged."""
    return Place(dict(os.environ if environ is None else environ), in_workload=True)


@contextmanager
def here(
    workload: WorkloadRole,
    aws: AwsCalls,
    environ: Mapping[str, str] | None = None,
    patience: float = 0.0,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Place]:
    """Yield this machine as a place, with the workload's role provided as its runtime provides it.

    `patience`: for how many seconds to retry a refusal to assume the role, since a change of a trust policy is not
    effective at once. Raises NeedsTrust if the operator does not have permission to assume the role, Refused if the
    trust policy denies it to the operator, RootRefused, and CloudError.
    """
    base = _bare_environment(workload.region, os.environ if environ is None else environ)
    trust = _trust(workload, aws)
    if trust.withheld:
        yield Place(base, False, (own_words.in_language(trust.withheld),), trust.withheld, workload.runtime or None)
        return
    session = session_name(workload)
    waiting = Patience(Time(pause=pause), patience)
    credentials = _assume(workload.role_name, trust, session, aws, waiting)
    template = _(_ASSUMED) if workload.runtime else _(_ASSUMED_AS_ECS)
    assumed = template.format(role=workload.role_name, session=session, runtime=workload.runtime)
    with ExitStack() as stack:
        variables, delivery = _delivered(workload, credentials, stack)
        evidence = (trust.seen, assumed, delivery)
        yield Place({**base, **variables}, False, evidence, None, workload.runtime or None, trust.unproven)


def session_name(workload: WorkloadRole) -> str:
    """Return a session name as long as the runtime's own, since its length counts for the 127 bytes of a subject."""
    filling = secrets.token_hex(32)
    return RUNTIMES[workload.runtime].session_name(filling) if workload.runtime else filling[:_USUAL_SESSION]


def _bare_environment(region: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without the operator's AWS and Google settings, except endpoints and certificates."""
    return {
        **without_identity(environ, _KEPT),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@dataclass(frozen=True)
class _Trust:
    """What the role's trust policy decides about the runtime.

    `withheld`: why the runtime would not get credentials, in English, since rules read it. `unproven`: why it is not
    known whether it would.
    """

    role_arn: str
    seen: str = ""
    withheld: str | None = None
    unproven: str | None = None
    policy: Policy | None = None


_ASSUMED = (
    "the test assumed the role {role}. The session name {session} has the same length as the session names of {runtime}"
)
_ASSUMED_AS_ECS = (
    "the test assumed the role {role}. The session name {session} has the same length as the ID of an ECS task"
)
_MISSING = "the role {role} does not exist in account {account}"
_DENIED = "the trust policy of {role} denies {service} access to the role: {statements}"
_NOT_ADMITTED = "the trust policy of {role} does not let {service} assume the role"
_ONLY_IF = (
    "the trust policy of {role} lets {service} assume the role only under a condition that is not true for this "
    "workload"
)
_UNREAD = (
    "the wizard could not check whether {service} can assume {role}, because it could not read the trust policy "
    "({reason})"
)
_NOT_KNOWN = "the wizard could not check whether {service} can assume {role}: the trust policy depends on {keys}"

_NO_RUNTIME = (
    "the wizard could not check which runtime assumes {role}: the trust policy names no runtime that the wizard knows"
)


def _trust(workload: WorkloadRole, aws: AwsCalls) -> _Trust:
    name, trusted_service = workload.role_name, workload.service
    service = trusted_service.principal if trusted_service else _("the workload's runtime")
    try:
        role = aws.call("iam", "get_role", RoleName=name)["Role"]
    except CloudError as error:
        if error.reason == "NoSuchEntity":
            return _Trust(workload.role_arn, withheld=_MISSING.format(role=name, account=workload.account))
        unread = _(_UNREAD).format(service=service, role=name, reason=error.reason)
        return _Trust(workload.role_arn, unread, unproven=unread)
    arn = str(role["Arn"])  # with the role's path, which its name does not tell
    policy = role["AssumeRolePolicyDocument"]
    if trusted_service is None:
        no_runtime = _(_NO_RUNTIME).format(role=name)
        return _Trust(arn, no_runtime, unproven=no_runtime, policy=policy)
    decision = trusts_service(policy, trusted_service, datetime.now(UTC))
    if decision.denied:
        by = ", ".join(decision.denied_by)
        return _Trust(arn, withheld=_DENIED.format(role=name, service=service, statements=by))
    if decision.allowed is False:
        reason = _ONLY_IF if service in named_services(policy) else _NOT_ADMITTED
        return _Trust(arn, withheld=reason.format(role=name, service=service))
    if decision.allowed is None:
        unknown = _(_NOT_KNOWN).format(service=service, role=name, keys=", ".join(decision.unknown))
        return _Trust(arn, unknown, unproven=unknown, policy=policy)
    return _Trust(arn, _("the role trusts {service}").format(service=service), policy=policy)


def _assume(role_name: str, trust: _Trust, session: str, aws: AwsCalls, patience: Patience) -> RoleCredentials:
    """Return the role's credentials. A refusal is retried while a recent change of the trust policy can explain it."""
    arguments = {"RoleArn": trust.role_arn, "RoleSessionName": session, "DurationSeconds": SESSION_SECONDS}
    while True:
        try:
            answer = aws.call("sts", "assume_role", **arguments)
        except CloudError as error:
            if error.reason != "AccessDenied":
                raise
            if EXPLICIT_DENY in error.message or not patience.wait():
                raise needs_trust(aws, role_name, trust.policy, error.message) from error
        else:
            return RoleCredentials.of(trust.role_arn, answer["Credentials"])


_DELIVERED: dict[Delivery, str] = {
    "container endpoint": (
        "like the runtime on AWS, the test uses a container endpoint for the credentials, not environment variables. "
        "The endpoint is on the loopback interface"
    ),
    "environment": "the test sets the credentials in environment variables, as the runtime on AWS does",
    "instance metadata": (
        "the test cannot emulate the instance metadata service on this machine, so the test sets the credentials in "
        "environment variables"
    ),
}
"""How the runtime provides credentials -> how the test provides them, as evidence."""


def _delivered(workload: WorkloadRole, credentials: RoleCredentials, stack: ExitStack) -> tuple[dict[str, str], str]:
    """Return the variables that provide the workload's credentials, and evidence of how they do it."""
    delivery: Delivery = RUNTIMES[workload.runtime].delivery if workload.runtime else "environment"
    if delivery == "container endpoint":
        variables = stack.enter_context(container_endpoint.serve(credentials.document()))
    else:
        variables = credentials.variables()
    return variables, _(_DELIVERED[delivery])
