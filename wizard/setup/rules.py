"""The limits that the clouds' APIs set to names, as functions: None, or what is wrong and what to write.

Sources: IAM API v1 discovery document (pools, providers, service accounts), Resource Manager (project ids),
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (roles), IAM (role names),
https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ (namespaces, service accounts).
"""

import re
from dataclasses import dataclass

POOL_ID = r"^(?!gcp-)[a-z0-9-]{4,32}$"
PROJECT_ID = r"^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$"
ACCOUNT_ID = r"^[0-9]{12}$"
AWS_ROLE_NAME = r"^[A-Za-z0-9_+=,.@-]{1,64}$"
REGION = r"^([a-z]{2}|eusc)(-[a-z]+){1,2}-[0-9]$"
SERVICE_ACCOUNT_ID = r"^[a-z]([a-z0-9-]{4,28})[a-z0-9]$"
SERVICE_ACCOUNT_EMAIL = r"^[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com$"
ROLE = r"^((projects|organizations)/[a-z0-9.:-]+/)?roles/[A-Za-z0-9_.]+$"
RESOURCE = r"^projects/([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$"
GKE_NAME = r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$"
GKE_LOCATION = r"^[a-z]+-[a-z]+[0-9]{1,2}(-[a-z])?$"
DNS_LABEL = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
DNS_SUBDOMAIN = r"^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$"

TOKEN_LIFETIME = (600, 43200)
"""The shortest and the longest lifetime of an impersonated token, in seconds."""

_LABEL = "use up to 63 lower case letters, digits and dashes, no dash first or last (a DNS label)"

_DISPLAY_NAME_LIMIT = 32
_DESCRIPTION_LIMIT = 256


@dataclass(frozen=True)
class Broken:
    """A rule that a value breaks: what is wrong, and what to do."""

    what: str
    fix: str

    def __str__(self) -> str:
        """Both in one sentence."""
        return f"{self.what}; {self.fix}"


def pool_id(text: str) -> Broken | None:
    """A workload identity pool's id."""
    return _federation_id("pool", text)


def provider_id(text: str) -> Broken | None:
    """A workload identity pool provider's id."""
    return _federation_id("provider", text)


def _federation_id(kind: str, text: str) -> Broken | None:
    if _full(POOL_ID, text):
        return None
    if text.startswith("projects/"):
        return Broken(f'"{text}" is a resource name', f"write the {kind}'s id only: {text.rstrip('/').rsplit('/')[-1]}")
    if text.startswith("gcp-"):
        return Broken(f'"{text}" starts with "gcp-", which Google keeps for itself', "choose another beginning")
    if re.fullmatch(r"[a-z0-9-]*", text):
        return Broken(f'"{text}" has {len(text)} characters', f"a {kind} id has 4 to 32")
    return Broken(f'"{text}" is no {kind} id', "use 4 to 32 lower case letters, digits and dashes")


def project_id(text: str) -> Broken | None:
    """A Google Cloud project's id (not its number)."""
    if _full(PROJECT_ID, text):
        return None
    if text.startswith("projects/"):
        return Broken(f'"{text}" is a resource name', f"write the id only: {text.removeprefix('projects/')}")
    if _full(r"[0-9]+", text):
        fix = f"write the id, which `gcloud projects describe {text} --format='value(projectId)'` prints"
        return Broken(f"{text} is a project number", fix)
    return Broken(
        f'"{text}" is no project id', "use 6 to 30 lower case letters, digits and dashes, a letter first, no dash last"
    )


def account_id(text: str) -> Broken | None:
    """An AWS account's id, as text."""
    if _full(ACCOUNT_ID, text):
        return None
    digits = re.sub(r"[\s-]", "", text)
    if _full(ACCOUNT_ID, digits):
        return Broken(f'"{text}" has more than digits', f'write "{digits}"')
    return Broken(f'"{text}" is no AWS account id', "write its 12 digits")


def role_name(text: str) -> Broken | None:
    """An IAM role's name on AWS, without path and ARN."""
    if _full(AWS_ROLE_NAME, text):
        return None
    if "/" in text:
        return _role_with_path(text)
    if len(text) > 64:
        return Broken(f"the role's name has {len(text)} characters", "AWS allows 64")
    return Broken(f'"{text}" is no role name', "use letters, digits and + = , . @ _ -")


def _role_with_path(text: str) -> Broken:
    what = f'"{text}" is the ARN of a role' if text.startswith("arn:") else f'"{text}" has a path'
    name = text.split("/")[1] if ":assumed-role/" in text else text.rstrip("/").rsplit("/", 1)[-1]
    fix = f"write the name alone: {name} (the path is no part of a role session's ARN, which is what Google sees)"
    return Broken(what, fix)


def region(text: str) -> Broken | None:
    """An AWS region."""
    if _full(REGION, text):
        return None
    if _full(REGION, text[:-1]):
        return Broken(f'"{text}" is an availability zone', f"write the region: {text[:-1]}")
    return Broken(f'"{text}" is no AWS region', "write one such as ap-northeast-1")


def service_account_id(text: str) -> Broken | None:
    """A Google service account's name, the part of its e-mail before the @."""
    if _full(SERVICE_ACCOUNT_ID, text):
        return None
    fix = "use 6 to 30 lower case letters, digits and dashes, a letter first, no dash last"
    return Broken(f'"{text}" is no service account name', fix)


def service_account(text: str) -> Broken | None:
    """A Google service account, by its name or its e-mail."""
    if "@" not in text:
        return service_account_id(text.removeprefix("serviceAccount:"))
    if _full(SERVICE_ACCOUNT_EMAIL, text):
        return None
    if text.startswith("serviceAccount:"):
        return Broken(f'"{text}" is the member of a policy', f"write {text.removeprefix('serviceAccount:')}")
    fix = "write NAME@PROJECT.iam.gserviceaccount.com, or NAME for one in this project"
    return Broken(f'"{text}" is no service account\'s e-mail', fix)


def cluster(text: str) -> Broken | None:
    """The name of a GKE cluster."""
    return _gke_name("cluster", text)


def node_pool(text: str) -> Broken | None:
    """The name of a node pool."""
    return _gke_name("node pool", text)


def _gke_name(kind: str, text: str) -> Broken | None:
    if _full(GKE_NAME, text):
        return None
    if "/" in text or text.startswith("gke_"):
        name = re.split("[/_]", text.rstrip("/"))[-1]
        return Broken(f'"{text}" is more than the name of a {kind}', f"write the name alone: {name}")
    return Broken(
        f'"{text}" is no name of a {kind}',
        "use up to 40 lower case letters, digits and dashes, a letter first, no dash last",
    )


def location(text: str) -> Broken | None:
    """Where a GKE cluster is: a region, or a zone."""
    if _full(GKE_LOCATION, text):
        return None
    if _full(REGION, text):
        return Broken(f'"{text}" is a region of AWS', "write Google's, such as asia-northeast1")
    return Broken(f'"{text}" is no location', "write a region such as asia-northeast1, or a zone: asia-northeast1-a")


def namespace(text: str) -> Broken | None:
    """A Kubernetes namespace."""
    if _full(DNS_LABEL, text):
        return None
    return Broken(f'"{text}" is no namespace', _LABEL)


def kubernetes_service_account(text: str) -> Broken | None:
    """The name of a Kubernetes service account, without its namespace."""
    if _full(DNS_SUBDOMAIN, text):
        return None
    if text.count("/") == 1:
        return Broken(f'"{text}" has the namespace in it', f"write the name alone: {text.partition('/')[2]}")
    if "@" in text:
        fix = "write it as google_service_account; service_account is the name of one in Kubernetes"
        return Broken(f'"{text}" is a Google service account', fix)
    return Broken(f'"{text}" is no name of a Kubernetes service account', _LABEL)


def role(text: str) -> Broken | None:
    """A Google IAM role."""
    if _full(ROLE, text):
        return None
    if _full(ROLE, f"roles/{text}"):
        return Broken(f'"{text}" lacks its prefix', f"write roles/{text}")
    return Broken(f'"{text}" is no role', "write roles/NAME, or projects/PROJECT/roles/NAME for a custom role")


def resource(text: str) -> Broken | None:
    """The resource that roles are granted on: a project, for now."""
    if _full(RESOURCE, text):
        return None
    short = text.removeprefix("//cloudresourcemanager.googleapis.com/")
    parts = short.split("/")
    if parts[0] == "projects" and len(parts) > 2:
        return Broken(f'roles on "{text}" cannot be granted yet', f"grant them on the project: projects/{parts[1]}")
    identifier = parts[-1] if len(parts) <= 2 and parts[0] in ("projects", parts[-1]) else ""
    if identifier and not project_id(identifier):
        return Broken(f'"{text}" is not the name of a project', f"write projects/{identifier}")
    if _full(r"[0-9]+", identifier):
        return Broken(f'"{text}" has the project number', "write projects/PROJECT_ID")
    return Broken(f'"{text}" is no resource that roles can be granted on', "write projects/PROJECT_ID")


def token_lifetime(seconds: int) -> Broken | None:
    """The lifetime of an impersonated token, in seconds."""
    shortest, longest = TOKEN_LIFETIME
    if shortest <= seconds <= longest:
        return None
    return Broken(f"{seconds} seconds is out of bounds", f"write {shortest} to {longest}; 3600 is the default")


def display_name(text: str) -> Broken | None:
    """The display name of a pool or a provider."""
    if len(text) <= _DISPLAY_NAME_LIMIT:
        return None
    return Broken(f"the display name has {len(text)} characters", f"{_DISPLAY_NAME_LIMIT} are allowed")


def description(text: str) -> Broken | None:
    """The description of a pool or a provider."""
    if len(text) <= _DESCRIPTION_LIMIT:
        return None
    return Broken(f"the description has {len(text)} characters", f"{_DESCRIPTION_LIMIT} are allowed")


def file_name(text: str) -> Broken | None:
    """Where a file is to be written."""
    if text and not text.endswith(("/", "\\")) and text.isprintable():
        return None
    return Broken(f'"{text}" is no file name', "write one such as clientLibraryConfig-aws.json")


def _full(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.ASCII) is not None and "\n" not in text
