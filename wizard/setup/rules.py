"""The rules of Google Cloud's APIs for names. Each function returns None, or what is wrong and how to fix it.

Sources: IAM API v1 discovery document (service accounts), Resource Manager (project IDs), IAM (role names).
"""

import re
from dataclasses import dataclass

PROJECT_ID = r"^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$"
SERVICE_ACCOUNT_ID = r"^[a-z]([a-z0-9-]{4,28})[a-z0-9]$"
SERVICE_ACCOUNT_EMAIL = r"^[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com$"
ROLE = r"^((projects|organizations)/[a-z0-9.:-]+/)?roles/[A-Za-z0-9_.]+$"
RESOURCE = r"^projects/([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$"

_LETTERS = "use 6 to 30 lowercase letters, digits and hyphens; start with a letter, and do not end with a hyphen"

_ONLY_PROJECTS = 'the wizard cannot grant roles on "{name}", because the wizard grants roles on projects only'
_WHOLE_PROJECT = "use projects/{project}: the roles then apply to the whole project"
_PROJECT_OF_IT = (
    "use projects/PROJECT_ID with the ID of the project that contains the resource: the roles then apply to the "
    "whole project"
)

TOKEN_LIFETIME = (600, 43200)
"""The shortest and the longest lifetime of an impersonated token, in seconds."""


@dataclass(frozen=True)
class Broken:
    """A broken rule: what is wrong with the value, and how to fix it."""

    what: str
    fix: str

    def __str__(self) -> str:
        """Return the problem and its fix in one sentence."""
        return f"{self.what}; {self.fix}"


def project_id(text: str) -> Broken | None:
    """Check the ID of a Google Cloud project (not its number)."""
    if full(PROJECT_ID, text):
        return None
    if text.startswith("projects/"):
        name = text.removeprefix("projects/")
        return Broken(f'"{text}" is a resource name', f"use the project ID only: {name}")
    if full(r"[0-9]+", text):
        fix = f"use the project ID, which `gcloud projects describe {text} --format='value(projectId)'` prints"
        return Broken(f"{text} is a project number, not a project ID", fix)
    return Broken(f'"{text}" is not a valid project ID', _LETTERS)


def service_account_id(text: str) -> Broken | None:
    """Check the name of a Google service account: the part of its email before the @."""
    if full(SERVICE_ACCOUNT_ID, text):
        return None
    return Broken(f'"{text}" is not a valid service account name', _LETTERS)


def service_account(text: str) -> Broken | None:
    """Check a Google service account, given by its name or its email."""
    if "@" not in text:
        return service_account_id(text.removeprefix("serviceAccount:"))
    if full(SERVICE_ACCOUNT_EMAIL, text):
        return None
    if text.startswith("serviceAccount:"):
        return Broken(
            f'"{text}" is a policy member, not an email address', f"use {text.removeprefix('serviceAccount:')}"
        )
    fix = "use NAME@PROJECT.iam.gserviceaccount.com, or NAME for a service account in this project"
    return Broken(f'"{text}" is not a valid service account email address', fix)


def role(text: str) -> Broken | None:
    """Check the name of a Google IAM role."""
    if full(ROLE, text):
        return None
    if full(ROLE, f"roles/{text}"):
        return Broken(f'"{text}" is a role name without the prefix "roles/"', f"use roles/{text}")
    return Broken(
        f'"{text}" is not a valid role name', "use roles/NAME, or projects/PROJECT/roles/NAME for a custom role"
    )


def resource(text: str) -> Broken | None:
    """Check the resource that roles are granted on. Only projects are supported."""
    if full(RESOURCE, text):
        return None
    name = text.removeprefix("//cloudresourcemanager.googleapis.com/")
    kind, _, rest = name.rpartition("/")
    if kind in ("", "projects") and not project_id(rest):
        return Broken(f'"{text}" is not the full name of a project', f"use projects/{rest}")
    if kind in ("", "projects") and full(r"[0-9]+", rest):
        return Broken(
            f'"{text}" contains a project number, not a project ID',
            "use projects/PROJECT_ID, with the project ID instead of the number",
        )
    inside = re.match(r"(//[a-z0-9.-]+/)?projects/(?P<project>[^/]+)/.", text)
    if not inside:
        return Broken(_ONLY_PROJECTS.format(name=text), "use projects/PROJECT_ID")
    known = not project_id(inside["project"])
    fix = _WHOLE_PROJECT.format(project=inside["project"]) if known else _PROJECT_OF_IT
    return Broken(_ONLY_PROJECTS.format(name=text), fix)


def token_lifetime(seconds: int) -> Broken | None:
    """Check the lifetime of an impersonated token, in seconds."""
    shortest, longest = TOKEN_LIFETIME
    if shortest <= seconds <= longest:
        return None
    return Broken(
        f"{seconds} seconds is not a valid token lifetime",
        f"use a number of seconds from {shortest} to {longest}; the default is 3600 seconds",
    )


def file_name(text: str) -> Broken | None:
    """Check the path of a file to write."""
    if text and not text.endswith(("/", "\\")) and text.isprintable():
        return None
    return Broken(f'"{text}" is not a valid file name', "use a name such as clientLibraryConfig-aws.json")


def full(pattern: str, text: str) -> bool:
    """Return whether the whole text matches the pattern (ASCII only), without a line break at its end."""
    return re.fullmatch(pattern, text, re.ASCII) is not None and "\n" not in text
