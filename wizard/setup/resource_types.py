"""The types of resources that roles can be granted on: their names, their APIs, and their commands, as one table.

Sources: the discovery documents of the APIs (paths and methods of the policies), "Full resource names" (IAM
documentation), and the reference of the gcloud command line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from wizard.language import _

Shape = Literal["resource", "storage", "dataset"]
"""How a policy is read and written: as all IAM policies, as those of Cloud Storage, or as the access of a dataset."""

_PROJECT = r"([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]"
_PARTS = {
    "project": _PROJECT,
    "number": r"[0-9]+",
    "bucket": r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]",
    "managed_folder": r"[^\s#*?\[\]\\/]+(/[^\s#*?\[\]\\/]+)*",
    "dataset": r"[A-Za-z0-9_]{1,1024}",
    "table": r"[^\s/`:.]{1,1024}",
    "topic": r"[A-Za-z][A-Za-z0-9._~%+-]{2,254}",
    "subscription": r"[A-Za-z][A-Za-z0-9._~%+-]{2,254}",
    "secret": r"[A-Za-z0-9_-]{1,255}",
    "instance": r"[a-z][a-z0-9-]*[a-z0-9]",
    "database": r"[a-z][a-z0-9_-]*[a-z0-9]",
    "location": r"[a-z0-9-]+",
    "repository": r"[a-z][a-z0-9-]*[a-z0-9]|[a-z]",
    "key_ring": r"[A-Za-z0-9_-]{1,63}",
    "key": r"[A-Za-z0-9_-]{1,63}",
    "email": r"[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com",
}
"""What the parts of names can be, by the name of the part."""


@dataclass(frozen=True)
class ResourceType:
    """A type of resource. `template` is the relative name of its resources, with the name of each part in braces."""

    title: str
    """What people call it, such as "topic"."""
    api: str
    """The API that has its policy, such as "pubsub"."""
    template: str
    command: str
    """The start of the gcloud command that adds a binding to its policy, with parts of the name in braces."""
    permission: str
    """The start of the permissions on its policy, such as "pubsub.topics" in "pubsub.topics.setIamPolicy"."""
    testable: tuple[str, ...]
    """The starts of the permissions that it can test."""
    product: str
    """The start of the names of the roles that can be granted on it, "pubsub." in "roles/pubsub.publisher"."""
    version: str = "v1"
    """The version of the API in paths; empty if the base URL of the API has it."""
    reads_with: Literal["GET", "POST"] = "POST"
    """The method of getIamPolicy."""
    version_in_query: bool = False
    """Whether getIamPolicy takes the version of the policy in the query, not in the body."""
    shape: Shape = "resource"
    conditions: bool = True
    """Whether the gcloud command takes --condition, and asks for one if the policy has conditions."""
    short: str = ""
    """A form of the name that people type, such as "gs://{bucket}"."""
    within: str = ""
    """The template of the resource, below projects, from which it inherits grants too."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The relative name as a regular expression for the whole name."""
        return _compiled(self.template)

    @cached_property
    def short_pattern(self) -> re.Pattern[str] | None:
        """The short form as a regular expression; None if there is no short form."""
        return _compiled(self.short) if self.short else None


def _compiled(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\})", template)
    return re.compile("".join(_part(part) for part in parts), re.ASCII)


def _part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name = part.strip("{}")
    return f"(?P<{name}>{_PARTS[name]})"


PROJECT = ResourceType(
    "project",
    "cloudresourcemanager",
    "projects/{project}",
    "gcloud projects add-iam-policy-binding {project}",
    "resourcemanager.projects",
    ("",),
    "",
)
FOLDER = ResourceType(
    "folder",
    "cloudresourcemanager",
    "folders/{number}",
    "gcloud resource-manager folders add-iam-policy-binding {number}",
    "resourcemanager.folders",
    ("",),
    "",
    version="v3",
)
ORGANIZATION = ResourceType(
    "organization",
    "cloudresourcemanager",
    "organizations/{number}",
    "gcloud organizations add-iam-policy-binding {number}",
    "resourcemanager.organizations",
    ("",),
    "",
    version="v3",
)
_OBJECTS = ("storage.objects.", "storage.managedFolders.", "storage.multipartUploads.", "storage.folders.")
BUCKET = ResourceType(
    "bucket",
    "storage",
    "projects/_/buckets/{bucket}",
    "gcloud storage buckets add-iam-policy-binding gs://{bucket}",
    "storage.buckets",
    ("storage.buckets.", *_OBJECTS),
    "storage.",
    version="",
    shape="storage",
    short="gs://{bucket}",
)
MANAGED_FOLDER = ResourceType(
    "managed folder",
    "storage",
    "projects/_/buckets/{bucket}/managedFolders/{managed_folder}",
    "gcloud storage managed-folders add-iam-policy-binding gs://{bucket}/{managed_folder}/",
    "storage.managedFolders",
    _OBJECTS,
    "storage.",
    version="",
    shape="storage",
    short="gs://{bucket}/{managed_folder}",
    within=BUCKET.template,
)
DATASET = ResourceType(
    "dataset",
    "bigquery",
    "projects/{project}/datasets/{dataset}",
    "",
    "bigquery.datasets",
    ("bigquery.tables.",),
    "bigquery.",
    version="",
    shape="dataset",
    short="{project}:{dataset}",
)
TABLE = ResourceType(
    "table",
    "bigquery",
    "projects/{project}/datasets/{dataset}/tables/{table}",
    "bq add-iam-policy-binding --table",
    "bigquery.tables",
    ("bigquery.tables.",),
    "bigquery.",
    version="",
    short="{project}:{dataset}.{table}",
    within=DATASET.template,
)
TOPIC = ResourceType(
    "topic",
    "pubsub",
    "projects/{project}/topics/{topic}",
    "gcloud pubsub topics add-iam-policy-binding {topic} --project={project}",
    "pubsub.topics",
    ("pubsub.topics.",),
    "pubsub.",
    reads_with="GET",
    version_in_query=True,
    conditions=False,
)
SUBSCRIPTION = ResourceType(
    "subscription",
    "pubsub",
    "projects/{project}/subscriptions/{subscription}",
    "gcloud pubsub subscriptions add-iam-policy-binding {subscription} --project={project}",
    "pubsub.subscriptions",
    ("pubsub.subscriptions.",),
    "pubsub.",
    reads_with="GET",
    version_in_query=True,
    conditions=False,
)
SECRET = ResourceType(
    "secret",
    "secretmanager",
    "projects/{project}/secrets/{secret}",
    "gcloud secrets add-iam-policy-binding {secret} --project={project}",
    "secretmanager.secrets",
    ("secretmanager.secrets.", "secretmanager.versions."),
    "secretmanager.",
    reads_with="GET",
    version_in_query=True,
)
INSTANCE = ResourceType(
    "Spanner instance",
    "spanner",
    "projects/{project}/instances/{instance}",
    "gcloud spanner instances add-iam-policy-binding {instance} --project={project}",
    "spanner.instances",
    ("spanner.",),
    "spanner.",
)
DATABASE = ResourceType(
    "Spanner database",
    "spanner",
    "projects/{project}/instances/{instance}/databases/{database}",
    "gcloud spanner databases add-iam-policy-binding {database} --instance={instance} --project={project}",
    "spanner.databases",
    ("spanner.databases.", "spanner.sessions.", "spanner.databaseOperations.", "spanner.databaseRoles."),
    "spanner.",
    within=INSTANCE.template,
)
REPOSITORY = ResourceType(
    "repository",
    "artifactregistry",
    "projects/{project}/locations/{location}/repositories/{repository}",
    "gcloud artifacts repositories add-iam-policy-binding {repository} --location={location} --project={project}",
    "artifactregistry.repositories",
    ("artifactregistry.",),
    "artifactregistry.",
    reads_with="GET",
    version_in_query=True,
)
KEY_RING = ResourceType(
    "key ring",
    "cloudkms",
    "projects/{project}/locations/{location}/keyRings/{key_ring}",
    "gcloud kms keyrings add-iam-policy-binding {key_ring} --location={location} --project={project}",
    "cloudkms.keyRings",
    ("cloudkms.",),
    "cloudkms.",
    reads_with="GET",
    version_in_query=True,
)
KEY = ResourceType(
    "key",
    "cloudkms",
    "projects/{project}/locations/{location}/keyRings/{key_ring}/cryptoKeys/{key}",
    "gcloud kms keys add-iam-policy-binding {key} --keyring={key_ring} --location={location} --project={project}",
    "cloudkms.cryptoKeys",
    ("cloudkms.cryptoKeys.", "cloudkms.cryptoKeyVersions."),
    "cloudkms.",
    reads_with="GET",
    version_in_query=True,
    within=KEY_RING.template,
)
SERVICE_ACCOUNT = ResourceType(
    "service account",
    "iam",
    "projects/{project}/serviceAccounts/{email}",
    "gcloud iam service-accounts add-iam-policy-binding {email} --project={project}",
    "iam.serviceAccounts",
    ("iam.serviceAccounts.", "iam.serviceAccountKeys."),
    "iam.",
    version_in_query=True,
)

TYPES = (
    PROJECT,
    FOLDER,
    ORGANIZATION,
    BUCKET,
    MANAGED_FOLDER,
    DATASET,
    TABLE,
    TOPIC,
    SUBSCRIPTION,
    SECRET,
    INSTANCE,
    DATABASE,
    REPOSITORY,
    KEY_RING,
    KEY,
    SERVICE_ACCOUNT,
)

_PROJECT_ROLES = (
    "roles/bigquery.jobUser",
    "roles/bigquery.readSessionUser",
    "roles/bigquery.resourceAdmin",
    "roles/bigquery.resourceEditor",
    "roles/bigquery.resourceViewer",
    "roles/bigquery.studioUser",
)
"""Roles of which no permission applies to anything smaller than a project ("BigQuery IAM roles")."""

_WHOLE_PROJECTS = "{role} has no effect on this {title}, because the permissions of the role apply to whole projects"
_ON_PROJECT = "grant the role on projects/{project}"
_OTHER_PRODUCT = "{role} has no effect on this {title}, because the role belongs to another product"
_OWN_PRODUCT = "grant the role on a project, or on a resource of the product that the role belongs to"

_ANY_PROJECT = re.compile(r"^(//[a-z0-9.-]+/)?projects/(?P<project>[^/]+)/.")


@dataclass(frozen=True)
class ResourceName:
    """The name of one resource: its type, and the parts of its name."""

    type: ResourceType
    parts: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """The relative name, such as projects/acme-analytics/topics/orders."""
        return self.type.template.format(**dict(self.parts))

    @property
    def full_name(self) -> str:
        """The full resource name, which begins with the service: //pubsub.googleapis.com/projects/..."""
        return f"//{self.type.api}.googleapis.com/{self.name}"

    @property
    def project(self) -> str:
        """The ID of the project that has it; empty if its name does not tell, as that of a bucket."""
        return dict(self.parts).get("project", "")

    @property
    def place(self) -> str:
        """The ID of a project; the relative name of any other resource."""
        return self.project if self.type is PROJECT else self.name

    @property
    def short(self) -> str:
        """The name as people type it: the short form if there is one."""
        return self.type.short.format(**dict(self.parts)) if self.type.short else self.place

    @property
    def id(self) -> str:
        """The last part of the name, which is the name of the resource itself."""
        return self.parts[-1][1]

    def within(self) -> ResourceName | None:
        """Return the resource, smaller than a project, from which it inherits grants too; None if there is none."""
        template = self.type.within
        return parse(template.format(**dict(self.parts))) if template else None


def parse(text: str) -> ResourceName | None:
    """Return the resource that a text names: by its relative name, its full name or its short form; else None."""
    for each in TYPES:
        relative = text.removeprefix(f"//{each.api}.googleapis.com/")
        # The last slash of a folder in Cloud Storage belongs to its name; people leave it out as often as not.
        named = relative.rstrip("/") if each.api == "storage" else relative
        found = each.pattern.fullmatch(named)
        if found is None and each.short_pattern is not None:
            found = each.short_pattern.fullmatch(named)
        if found is not None and "\n" not in text:
            names = re.findall(r"\{(\w+)\}", each.template)
            return ResourceName(each, tuple((name, found[name]) for name in names))
    return None


def of_place(place: str) -> ResourceName | None:
    """Return the resource that `ResourceName.place` stands for; None for a text that is no such name."""
    return parse(name_of(place))


def name_of(place: str) -> str:
    """Return the relative name of what `ResourceName.place` stands for."""
    return place if "/" in place else f"projects/{place}"


def only_on_projects(role: str, on: ResourceName) -> bool:
    """Return whether a role has no effect on a resource of this type, but has on the project of the resource."""
    return bool(on.type.product) and role in _PROJECT_ROLES


def role_problem(role: str, on: ResourceName) -> tuple[str, str] | None:
    """Return why a role cannot be granted on a resource, and how to fix it; None if it can, as far as is known."""
    if only_on_projects(role, on) and on.project:
        return _(_WHOLE_PROJECTS).format(role=role, title=on.type.title), _(_ON_PROJECT).format(project=on.project)
    predefined = role.startswith("roles/") and "." in role
    if predefined and not role.startswith(f"roles/{on.type.product}"):
        return _(_OTHER_PRODUCT).format(role=role, title=on.type.title), _(_OWN_PRODUCT)
    return None


def project_in(text: str) -> str | None:
    """Return what stands for the project in a name of an unknown type; None if there is no project in it."""
    found = _ANY_PROJECT.match(text)
    return found["project"] if found else None


def schema_pattern() -> str:
    """Return one regular expression for every name that `parse` takes, as the published schema has it."""
    forms = [form for each in TYPES for form in (each.template, each.short) if form]
    folders = r"/?"
    names = "|".join(re.sub(r"\?P<\w+>", "", _compiled(form).pattern) for form in forms)
    return rf"^(//[a-z]+\.googleapis\.com/)?({names}){folders}$"
