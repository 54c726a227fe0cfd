"""The rules of AWS, and of Google's API for pools and providers, for names.

Sources: IAM API v1 discovery document (pools, providers),
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (roles).
"""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from wizard.language import _
from wizard.setup.rules import Broken, full

POOL_ID = r"^(?!gcp-)[a-z0-9-]{4,32}$"
ACCOUNT_ID = r"^[0-9]{12}$"
AWS_ROLE_NAME = r"^[A-Za-z0-9_+=,.@-]{1,64}$"
ROLE_PATH = r"^/([!-.0-~]+/)*$"
ROLE_OR_ARN = r"^([A-Za-z0-9_+=,.@-]{1,64}|arn:[a-z-]+:(iam::[0-9]{12}:role|sts::[0-9]{12}:assumed-role)/[!-~]+)$"
EKS_CLUSTER = r"^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$"
REGION = r"^[a-z]{2,4}(-[a-z]+){1,3}-[0-9]{1,2}$"

DEFINITION = (
    r"^(arn:[a-z-]+:(batch|ecs):[a-z0-9-]+:[0-9]{12}:(job|task)-definition/)?[A-Za-z0-9_-]{1,255}(:[0-9]{1,9})?$"
)
FUNCTION = r"^(arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:)?[A-Za-z0-9_-]{1,64}$"
INSTANCE = r"^i-([0-9a-f]{8}|[0-9a-f]{17})$"
ECS_SERVICE = r"^[A-Za-z0-9_-]{1,255}/[A-Za-z0-9_-]{1,255}$"

_ROLE_ARN = re.compile(
    r"arn:(?P<partition>[a-z-]+):"
    r"(iam::(?P<account>\d{12}):role(?P<path>/([!-.0-~]+/)*)(?P<name>[\w+=,.@-]+)"
    r"|sts::(?P<session_account>\d{12}):assumed-role/(?P<session_role>[\w+=,.@-]+)(/[\w+=,.@-]+)?)",
    re.ASCII,
)


class RoleArn(NamedTuple):
    """The parts of the ARN of a role, or of a role session, which does not have the path."""

    partition: str
    account: str
    name: str
    path: str | None


def role_arn(text: object) -> RoleArn | None:
    """Return the parts of the ARN of a role or a role session; None for anything else."""
    found = _ROLE_ARN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    account, name = found["account"] or found["session_account"], found["name"] or found["session_role"]
    return RoleArn(found["partition"], account, name, found["path"])


def pool_id(text: str) -> Broken | None:
    """Check the ID of a workload identity pool."""
    return _federation_id("pool", text)


def provider_id(text: str) -> Broken | None:
    """Check the ID of a workload identity pool provider."""
    return _federation_id("provider", text)


def _federation_id(kind: str, text: str) -> Broken | None:
    if full(POOL_ID, text):
        return None
    if text.startswith("projects/"):
        name = text.rstrip("/").rsplit("/")[-1]
        return Broken(
            _('"{text}" is a resource name, not an ID').format(text=text),
            _("use the {kind} ID only: {name}").format(kind=kind, name=name),
        )
    if text.startswith("gcp-"):
        return Broken(
            _('"{text}" starts with "gcp-", which Google reserves').format(text=text),
            _("use a name with another prefix"),
        )
    if re.fullmatch(r"[a-z0-9-]*", text):
        return Broken(
            _('"{text}" has {count} characters').format(text=text, count=len(text)),
            _("use 4 to 32 characters for a {kind} ID").format(kind=kind),
        )
    return Broken(
        _('"{text}" is not a valid {kind} ID').format(text=text, kind=kind),
        _("use 4 to 32 lowercase letters, digits and hyphens"),
    )


def account_id(text: str) -> Broken | None:
    """Check an AWS account ID, given as text."""
    if full(ACCOUNT_ID, text):
        return None
    digits = re.sub(r"[\s-]", "", text)
    if full(ACCOUNT_ID, digits):
        return Broken(
            _('"{text}" contains non-digits').format(text=text),
            _('write "{written}"').format(written=digits),
        )
    return Broken(
        _('"{text}" is not a valid AWS account ID').format(text=text), _("use the 12 digits of the account ID")
    )


def role_name(text: str) -> Broken | None:
    """Check the name of an IAM role on AWS, without its path or ARN."""
    if full(AWS_ROLE_NAME, text):
        return None
    if "/" in text:
        return _role_with_path(text)
    length = len(text)
    if length > 64:
        return Broken(_("the role name has {length} characters").format(length=length), _("use at most 64 characters"))
    return Broken(_('"{text}" is not a valid role name').format(text=text), _("use letters, digits and + = , . @ _ -"))


def role_path(text: str) -> Broken | None:
    """Check the path of an IAM role."""
    if full(ROLE_PATH, text):
        return None
    return Broken(
        _('"{text}" is not a valid role path').format(text=text), _("start and end the path with a slash: /team/")
    )


def _role_with_path(text: str) -> Broken:
    what = (
        _('"{text}" is the ARN of a role').format(text=text)
        if text.startswith("arn:")
        else _('"{text}" contains a path').format(text=text)
    )
    name = text.split("/")[1] if ":assumed-role/" in text else text.rstrip("/").rsplit("/", 1)[-1]
    fix = _(
        "use the role name only: {name} (Google Cloud sees the ARN of a role session, which does not contain the path)"
    ).format(name=name)
    return Broken(what, fix)


def definition(text: str) -> Broken | None:
    """Check a job definition or a task definition: NAME, NAME:REVISION, or its ARN."""
    if full(DEFINITION, text):
        return None
    return Broken(
        _('"{text}" is not a valid job or task definition').format(text=text),
        _("write NAME, NAME:REVISION, or the ARN of the definition"),
    )


def definition_parts(text: str) -> tuple[str, int | None]:
    """Return the name of a definition, and its revision if it is given. The text is valid."""
    name, _, revision = text.rpartition("/")[2].partition(":")
    return name, int(revision) if revision else None


def function(text: str) -> Broken | None:
    """Check a Lambda function: its name, or its ARN without a version or an alias."""
    if full(FUNCTION, text):
        return None
    if re.search(r":function:[^:]+:", text):
        return Broken(
            _('"{text}" names a version or an alias, which the wizard cannot change').format(text=text),
            _("name only the function"),
        )
    return Broken(
        _('"{text}" is not a valid Lambda function name').format(text=text),
        _("write the name of the function, or its ARN"),
    )


def instance(text: str) -> Broken | None:
    """Check the ID of an EC2 instance."""
    if full(INSTANCE, text):
        return None
    return Broken(
        _('"{text}" is not a valid instance ID').format(text=text),
        _("write an instance ID such as i-0123456789abcdef0"),
    )


def ecs_service(text: str) -> Broken | None:
    """Check an ECS service, given as CLUSTER/SERVICE."""
    if full(ECS_SERVICE, text):
        return None
    return Broken(
        _('"{text}" does not name a cluster and a service').format(text=text),
        _("write CLUSTER/SERVICE, such as prod/orders"),
    )


def eks_cluster(text: str) -> Broken | None:
    """Check the name of an EKS cluster. Source: Amazon EKS API reference, CreateCluster."""
    if full(EKS_CLUSTER, text):
        return None
    if text.startswith("arn:"):
        name = text.rpartition("/")[2]
        return Broken(
            _('"{text}" is the ARN of a cluster').format(text=text), _("use the name only: {name}").format(name=name)
        )
    return Broken(
        _('"{text}" is not a valid cluster name').format(text=text),
        _("use 1 to 100 letters, digits, hyphens and underscores"),
    )


def issuer(text: str) -> Broken | None:
    """Check the URL of an issuer of tokens."""
    parts = urlsplit(text)
    if parts.scheme == "https" and parts.hostname and not (parts.query or parts.fragment) and text.isprintable():
        return None
    return Broken(
        _('"{text}" is not a valid issuer').format(text=text),
        _('use the https URL in the claim "iss" of the cluster\'s tokens'),
    )


def region(text: str) -> Broken | None:
    """Check an AWS region."""
    if full(REGION, text):
        return None
    if full(REGION, text[:-1]):
        return Broken(
            _('"{text}" is an availability zone, not an AWS region').format(text=text),
            _("write the region: {text}").format(text=text[:-1]),
        )
    return Broken(_('"{text}" is not a valid AWS region').format(text=text), _("use a region such as ap-northeast-1"))
