"""The rules of Google Cloud's APIs for names. Each function returns None, or what is wrong and how to fix it.

Sources: IAM API v1 discovery document (service accounts), Resource Manager (project IDs), IAM (role names).
"""

import re
from dataclasses import dataclass

from wizard.language import _
from wizard.setup import resource_types

PROJECT_ID = r"^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$"
SERVICE_ACCOUNT_ID = r"^[a-z]([a-z0-9-]{4,28})[a-z0-9]$"
SERVICE_ACCOUNT_EMAIL = r"^[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com$"
ROLE = r"^((projects|organizations)/[a-z0-9.:-]+/)?roles/[A-Za-z0-9_.]+$"
RESOURCE = resource_types.schema_pattern()

_LETTERS = "use 6 to 30 lowercase letters, digits and hyphens; start with a letter, and do not end with a hyphen"

_UNKNOWN_TYPE = 'the wizard cannot grant roles on "{name}", because it does not know this type of resource'
_WHOLE_PROJECT = "use projects/{project}: the roles then apply to the whole project"
_PROJECT_ID_OF_IT = "use the ID, not the number, of the project that contains the resource"
_FORMS = (
    "use a name such as projects/PROJECT_ID, projects/PROJECT_ID/datasets/DATASET, gs://BUCKET or "
    "projects/PROJECT_ID/topics/TOPIC"
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
        return Broken(
            _('"{text}" is a resource name').format(text=text), _("use the project ID only: {name}").format(name=name)
        )
    if full(r"[0-9]+", text):
        fix = _(
            "use the project ID, which `gcloud projects describe {text} --format='value(projectId)'` prints"
        ).format(text=text)
        return Broken(_("{text} is a project number, not a project ID").format(text=text), fix)
    return Broken(_('"{text}" is not a valid project ID').format(text=text), _(_LETTERS))


def service_account_id(text: str) -> Broken | None:
    """Check the name of a Google service account: the part of its email before the @."""
    if full(SERVICE_ACCOUNT_ID, text):
        return None
    return Broken(_('"{text}" is not a valid service account name').format(text=text), _(_LETTERS))


def service_account(text: str) -> Broken | None:
    """Check a Google service account, given by its name or its email."""
    if "@" not in text:
        return service_account_id(text.removeprefix("serviceAccount:"))
    if full(SERVICE_ACCOUNT_EMAIL, text):
        return None
    if text.startswith("serviceAccount:"):
        return Broken(
            _('"{text}" is a policy member, not an email address').format(text=text),
            f"use {text.removeprefix('serviceAccount:')}",
        )
    fix = _("use NAME@PROJECT.iam.gserviceaccount.com, or NAME for a service account in this project")
    return Broken(_('"{text}" is not a valid service account email address').format(text=text), fix)


def role(text: str) -> Broken | None:
    """Check the name of a Google IAM role."""
    if full(ROLE, text):
        return None
    if full(ROLE, f"roles/{text}"):
        return Broken(
            _('"{text}" is a role name without the prefix "roles/"').format(text=text),
            _("use roles/{text}").format(text=text),
        )
    return Broken(
        _('"{text}" is not a valid role name').format(text=text),
        _("use roles/NAME, or projects/PROJECT/roles/NAME for a custom role"),
    )


def resource(text: str) -> Broken | None:
    """Check the resource that roles are granted on: a project, or another resource of a known type."""
    if resource_types.parse(text):
        return None
    name = text.removeprefix("//cloudresourcemanager.googleapis.com/")
    kind, _ignored, rest = name.rpartition("/")
    if kind in ("", "projects") and not project_id(rest):
        return Broken(
            _('"{text}" is not the full name of a project').format(text=text),
            _("use projects/{rest}").format(rest=rest),
        )
    if kind in ("", "projects") and full(r"[0-9]+", rest):
        return Broken(
            _('"{text}" contains a project number, not a project ID').format(text=text),
            _("use projects/PROJECT_ID, with the project ID instead of the number"),
        )
    project = resource_types.project_in(text)
    if project is None:
        return Broken(_('"{text}" is not the name of a resource that the wizard knows').format(text=text), _(_FORMS))
    if full(r"[0-9]+", project):
        return Broken(_('"{text}" contains a project number, not a project ID').format(text=text), _(_PROJECT_ID_OF_IT))
    if project_id(project):
        return Broken(_('"{text}" is not the name of a resource that the wizard knows').format(text=text), _(_FORMS))
    return Broken(_(_UNKNOWN_TYPE).format(name=text), _(_WHOLE_PROJECT).format(project=project))


def token_lifetime(seconds: int) -> Broken | None:
    """Check the lifetime of an impersonated token, in seconds."""
    shortest, longest = TOKEN_LIFETIME
    if shortest <= seconds <= longest:
        return None
    return Broken(
        _("{seconds} seconds is not a valid token lifetime").format(seconds=seconds),
        _("use a number of seconds from {shortest} to {longest}; the default is 3600 seconds").format(
            shortest=shortest, longest=longest
        ),
    )


def file_name(text: str) -> Broken | None:
    """Check the path of a file to write."""
    if text and not text.endswith(("/", "\\")) and text.isprintable():
        return None
    return Broken(
        _('"{text}" is not a valid file name').format(text=text), _("use a name such as clientLibraryConfig-aws.json")
    )


def full(pattern: str, text: str) -> bool:
    """Return whether the whole text matches the pattern (ASCII only), without a line break at its end."""
    return re.fullmatch(pattern, text, re.ASCII) is not None and "\n" not in text
