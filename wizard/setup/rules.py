"""The limits that Google Cloud's APIs set to names, as functions: None, or what is wrong and what to write.

Sources: IAM API v1 discovery document (service accounts), Resource Manager (project ids), IAM (role names).
"""

import re
from dataclasses import dataclass

PROJECT_ID = r"^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$"
SERVICE_ACCOUNT_ID = r"^[a-z]([a-z0-9-]{4,28})[a-z0-9]$"
SERVICE_ACCOUNT_EMAIL = r"^[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com$"
ROLE = r"^((projects|organizations)/[a-z0-9.:-]+/)?roles/[A-Za-z0-9_.]+$"
RESOURCE = r"^projects/([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$"

TOKEN_LIFETIME = (600, 43200)
"""The shortest and the longest lifetime of an impersonated token, in seconds."""


@dataclass(frozen=True)
class Broken:
    """A rule that a value breaks: what is wrong, and what to do."""

    what: str
    fix: str

    def __str__(self) -> str:
        """Both in one sentence."""
        return f"{self.what}; {self.fix}"


def project_id(text: str) -> Broken | None:
    """A Google Cloud project's id (not its number)."""
    if full(PROJECT_ID, text):
        return None
    if text.startswith("projects/"):
        return Broken(f'"{text}" is a resource name', f"write the id only: {text.removeprefix('projects/')}")
    if full(r"[0-9]+", text):
        fix = f"write the id, which `gcloud projects describe {text} --format='value(projectId)'` prints"
        return Broken(f"{text} is a project number", fix)
    return Broken(
        f'"{text}" is no project id', "use 6 to 30 lower case letters, digits and dashes, a letter first, no dash last"
    )


def service_account_id(text: str) -> Broken | None:
    """A Google service account's name, the part of its e-mail before the @."""
    if full(SERVICE_ACCOUNT_ID, text):
        return None
    fix = "use 6 to 30 lower case letters, digits and dashes, a letter first, no dash last"
    return Broken(f'"{text}" is no service account name', fix)


def service_account(text: str) -> Broken | None:
    """A Google service account, by its name or its e-mail."""
    if "@" not in text:
        return service_account_id(text.removeprefix("serviceAccount:"))
    if full(SERVICE_ACCOUNT_EMAIL, text):
        return None
    if text.startswith("serviceAccount:"):
        return Broken(f'"{text}" is the member of a policy', f"write {text.removeprefix('serviceAccount:')}")
    fix = "write NAME@PROJECT.iam.gserviceaccount.com, or NAME for one in this project"
    return Broken(f'"{text}" is no service account\'s e-mail', fix)


def role(text: str) -> Broken | None:
    """A Google IAM role."""
    if full(ROLE, text):
        return None
    if full(ROLE, f"roles/{text}"):
        return Broken(f'"{text}" lacks its prefix', f"write roles/{text}")
    return Broken(f'"{text}" is no role', "write roles/NAME, or projects/PROJECT/roles/NAME for a custom role")


def resource(text: str) -> Broken | None:
    """The resource that roles are granted on: a project, for now."""
    if full(RESOURCE, text):
        return None
    short = text.removeprefix("//cloudresourcemanager.googleapis.com/")
    parts = short.split("/")
    if parts[0] == "projects" and len(parts) > 2:
        return Broken(f'roles on "{text}" cannot be granted yet', f"grant them on the project: projects/{parts[1]}")
    identifier = parts[-1] if len(parts) <= 2 and parts[0] in ("projects", parts[-1]) else ""
    if identifier and not project_id(identifier):
        return Broken(f'"{text}" is not the name of a project', f"write projects/{identifier}")
    if full(r"[0-9]+", identifier):
        return Broken(f'"{text}" has the project number', "write projects/PROJECT_ID")
    return Broken(f'"{text}" is no resource that roles can be granted on', "write projects/PROJECT_ID")


def token_lifetime(seconds: int) -> Broken | None:
    """The lifetime of an impersonated token, in seconds."""
    shortest, longest = TOKEN_LIFETIME
    if shortest <= seconds <= longest:
        return None
    return Broken(f"{seconds} seconds is out of bounds", f"write {shortest} to {longest}; 3600 is the default")


def file_name(text: str) -> Broken | None:
    """Where a file is to be written."""
    if text and not text.endswith(("/", "\\")) and text.isprintable():
        return None
    return Broken(f'"{text}" is no file name', "write one such as clientLibraryConfig-aws.json")


def full(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.ASCII) is not None and "\n" not in text
