"""Where the live token test runs: inside the workload, or here, as the workload."""

import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from wizard.clouds.errors import CloudError
from wizard.federation import aws as federation
from wizard.federation.trust import TrustedService, trusts_service
from wizard.modes.aws.live import container_endpoint
from wizard.modes.aws.live.trusted import AwsCalls, needs_trust
from wizard.modes.aws.runtimes import RUNTIMES, Delivery
from wizard.secret import Secret

SESSION_SECONDS = 900
"""The shortest session that AWS gives out."""

_KEPT = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
    *("AWS_CA_BUNDLE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)


@dataclass(frozen=True)
class Workload:
    """The workload's role and runtime; `function_name` is a Lambda's, which names its sessions."""

    account: str
    role_name: str
    runtime: str
    region: str
    function_name: str | None = None

    @property
    def service(self) -> TrustedService:
        """The service that assumes the role for the workload."""
        return RUNTIMES[self.runtime].trusted_service(self.account, self.region)

    @property
    def role_arn(self) -> str:
        """The role's ARN, for a role without a path."""
        return federation.role_arn(self.account, self.role_name, federation.partition_of(self.region))


@dataclass(frozen=True)
class RoleCredentials:
    """The credentials of an assumed role, in the forms in which a runtime gives them to a workload."""

    role_arn: str
    access_key_id: str
    secret_access_key: Secret
    session_token: Secret
    expiration: datetime

    @classmethod
    def of(cls, role_arn: str, answer: Mapping[str, Any]) -> Self:
        """From AssumeRole's Credentials."""
        keys = (Secret(answer["SecretAccessKey"]), Secret(answer["SessionToken"]))
        return cls(role_arn, answer["AccessKeyId"], *keys, answer["Expiration"])

    def document(self) -> dict[str, str]:
        """As a metadata service words them."""
        return {
            "RoleArn": self.role_arn,
            "AccessKeyId": self.access_key_id,
            "SecretAccessKey": self.secret_access_key.reveal(),
            "Token": self.session_token.reveal(),
            "Expiration": self.expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def variables(self) -> dict[str, str]:
        """As environment variables."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key.reveal(),
            "AWS_SESSION_TOKEN": self.session_token.reveal(),
        }


@dataclass(frozen=True)
class Place:
    """An environment in which the probe runs.

    `link_local` is whether metadata services may be asked there. `withheld` says why the runtime would give the
    workload no credentials at all; then there are none in the environment either.
    """

    name: str
    environment: Mapping[str, str] = field(repr=False)
    link_local: bool = True
    evidence: tuple[str, ...] = ()
    withheld: str | None = None
    runtime: str | None = None


def inside(environ: Mapping[str, str] | None = None) -> Place:
    """The workload itself: this process's environment, as it is."""
    return Place("inside", dict(os.environ if environ is None else environ))


@contextmanager
def here(
    workload: Workload,
    aws: AwsCalls,
    environ: Mapping[str, str] | None = None,
    patience: float = 0.0,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Place]:
    """The operator's machine with the workload's role, given to the child process as the runtime would.

    `patience` is for how many seconds a refusal to assume the role is asked again (a trust policy that was just
    changed). Raises NeedsTrust when the operator may not assume the role, RootRefused, and CloudError.
    """
    base = _bare_environment(workload.region, os.environ if environ is None else environ)
    trust = _trust(workload, aws)
    if trust.withheld:
        yield Place("here", base, False, (trust.withheld,), trust.withheld, workload.runtime)
        return
    session = session_name(workload)
    credentials = _assume(workload.role_name, trust.role_arn, session, aws, patience, pause)
    said = f"assumed {workload.role_name} as session {session}, as long as {workload.runtime} names its own"
    with ExitStack() as stack:
        given, how = _given(workload, credentials, stack)
        yield Place("here", {**base, **given}, False, (trust.seen, said, how), None, workload.runtime)


def session_name(workload: Workload) -> str:
    """A session name as long as the runtime's own, since it counts in the 127 bytes of a subject."""
    return workload.function_name or RUNTIMES[workload.runtime].session_name(secrets.token_hex(32))


def _bare_environment(region: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the operator's AWS or Google settings but endpoints and certificates."""
    return {
        **kept_environment(environ),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def kept_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The way out: programs, certificates, proxies and endpoints, and no identity."""
    kept = {name: environ[name] for name in _KEPT if name in environ}
    return kept | {name: _no_proxy_here(kept.get(name, "")) for name in ("NO_PROXY", "no_proxy")}


def _no_proxy_here(listed: str) -> str:
    """The container endpoint and a sandbox are on loopback, which no proxy reaches."""
    return ",".join(filter(None, [listed, "127.0.0.1", "localhost"]))


@dataclass(frozen=True)
class _Trust:
    """What the role's trust policy says: `withheld` is why the runtime would get no credentials."""

    role_arn: str
    seen: str = ""
    withheld: str | None = None


def _trust(workload: Workload, aws: AwsCalls) -> _Trust:
    service, arn = workload.service.principal, workload.role_arn
    try:
        role = aws.call("iam", "get_role", RoleName=workload.role_name)["Role"]
        arn = str(role["Arn"])  # with the role's path, which its name does not tell
        trusts = trusts_service(role["AssumeRolePolicyDocument"], workload.service)
    except CloudError as error:
        if error.reason == "NoSuchEntity":
            reason = f"the role {workload.role_name} does not exist in account {workload.account}"
            return _Trust(arn, withheld=reason)
        return _Trust(arn, f"the role could not be read ({error.reason}): whether it trusts {service} is unknown")
    except ValueError as error:
        return _Trust(arn, f"whether the role trusts {service} is unknown: {error}")
    if trusts:
        return _Trust(arn, f"the role trusts {service}")
    return _Trust(arn, withheld=f"the trust policy of {workload.role_name} does not let {service} assume it")


def _assume(
    role_name: str, role_arn: str, session: str, aws: AwsCalls, patience: float, pause: Callable[[float], None]
) -> RoleCredentials:
    """The role's credentials; asked again while a changed trust may be young."""
    started, wait = time.monotonic(), 0.1
    while True:
        try:
            answer = aws.call(
                "sts", "assume_role", RoleArn=role_arn, RoleSessionName=session, DurationSeconds=SESSION_SECONDS
            )
        except CloudError as error:
            if error.reason != "AccessDenied":
                raise
            if time.monotonic() - started >= patience:
                raise needs_trust(aws, role_name) from error
            pause(wait)
            wait = min(wait * 2, 0.8)
        else:
            return RoleCredentials.of(role_arn, answer["Credentials"])


_DELIVERED: dict[Delivery, str] = {
    "container endpoint": "a container endpoint on loopback gives the credentials, as on AWS; the environment has none",
    "environment": "the environment has the credentials, as on AWS",
    "instance metadata": "the environment has the credentials: an instance's metadata service cannot run here",
}
"""How the runtime gives credentials -> how they are given here, as evidence."""


def _given(workload: Workload, credentials: RoleCredentials, stack: ExitStack) -> tuple[dict[str, str], str]:
    """The variables that give the workload its credentials, and how they do it."""
    delivery = RUNTIMES[workload.runtime].delivery
    if delivery == "container endpoint":
        given = stack.enter_context(container_endpoint.serve(credentials.document()))
    else:
        given = credentials.variables()
    return given, _DELIVERED[delivery]
