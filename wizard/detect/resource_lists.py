"""The live list of what roles can be granted on inside a project: datasets, buckets, topics, repositories, keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.google import Json
from wizard.clouds.session import Clouds
from wizard.detect.live import RETRY_FOR, Listing, Pages, read_pages
from wizard.engine.readers import Readers
from wizard.language import _
from wizard.phrases import sentences
from wizard.setup.question import Choice

MOST_PARENTS = 100
"""So many buckets, locations, instances or key rings are looked into; each takes a call."""


@dataclass(frozen=True)
class Listed:
    """One list of resources: its API, the path and the key of the list, and how an entry is named in a setup.

    `title` is empty for what is no choice itself, such as a location. `names` returns the parent for `inside`.
    """

    title: str
    api: str
    path: str
    key: str
    name: Callable[[Json, str], str]
    inside: Listed | None = None
    """What each of them contains."""
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Tree:
    """What was read so far, in order."""

    choices: list[Choice] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)

    def add(self, other: _Tree) -> None:
        self.choices += other.choices
        self.notes |= other.notes


def read(clouds: Clouds, product: str, project: str) -> Listing:
    """Return the resources of a product in a project; what contains others comes first. Raises CloudError.

    What is inside of a resource that cannot be listed is left out, with a note.
    """
    tree = _Tree()
    for listed in RESOURCES.get(product, ()):
        tree.add(_read(clouds, listed, project))
    return Listing(tree.choices, sentences(tree.notes))


def _read(clouds: Clouds, listed: Listed, parent: str) -> _Tree:
    """Return the resources of one list, and what is inside of them."""
    query = {key: value.format(parent=parent) for key, value in listed.query.items()}
    pages = get_pages(clouds, listed.api, listed.path.format(parent=parent.removeprefix("gs://")), listed.key, query)
    names = sorted(listed.name(item, parent) for item in pages.items)
    tree = _Tree()
    if listed.title:
        tree.choices += [Choice(name, name, listed.title) for name in names]
    if pages.note:
        tree.notes[pages.note] = None
    if listed.inside:
        tree.add(_inside(clouds, listed.inside, names))
    return tree


def _inside(clouds: Clouds, listed: Listed, parents: list[str]) -> _Tree:
    """Return what is inside of each parent, which are read side by side."""
    tree, refused = _Tree(), 0
    with Readers() as readers:
        for found in readers.map(lambda parent: _readable(clouds, listed, parent), parents[:MOST_PARENTS]):
            refused += found is None
            tree.add(found or _Tree())
    if refused:
        note = _(
            "the wizard could not list the contents of {count} of {total} places; to use a resource in one of these "
            "places, type its name"
        )
        tree.notes[note.format(count=refused, total=len(parents))] = None
    if len(parents) > MOST_PARENTS:
        note = _("the list shows the contents of only the first {count} places; to use another resource, type its name")
        tree.notes[note.format(count=MOST_PARENTS)] = None
    return tree


def _readable(clouds: Clouds, listed: Listed, parent: str) -> _Tree | None:
    try:
        return _read(clouds, listed, parent)
    except CloudError:
        return None


def get_pages(clouds: Clouds, api: str, path: str, key: str, query: Mapping[str, Any]) -> Pages:
    """Return all entries of a list; the answers have them under `key`. Raises CloudError."""

    def fetch(page_token: str) -> Json:
        page_query = {**query, "pageToken": page_token} if page_token else dict(query)
        return clouds.google.call(api, "GET", path, query=page_query, retry_for=RETRY_FOR)

    return read_pages(fetch, key, "nextPageToken")


def _own_name(item: Json, _parent: str) -> str:
    return str(item["name"])


def _secret_name(item: Json, project: str) -> str:
    """Return the name with the ID of the project: Secret Manager answers with the project's number."""
    return f"projects/{project}/secrets/{str(item['name']).rpartition('/')[2]}"


def _dataset_name(item: Json, project: str) -> str:
    return f"projects/{project}/datasets/{item['datasetReference']['datasetId']}"


def _bucket_name(item: Json, _project: str) -> str:
    return f"gs://{item['name']}"


def _folder_name(item: Json, bucket: str) -> str:
    return f"{bucket}/{item['name']}"


def _in_locations(api: str, inside: Listed) -> Listed:
    """Return the list of the locations of an API, which list resources one by one."""
    return Listed("", api, "/v1/projects/{parent}/locations", "locations", _own_name, inside)


_DATABASES = Listed("Spanner database", "spanner", "/v1/{parent}/databases", "databases", _own_name)
_FOLDERS = Listed("managed folder", "storage", "/b/{parent}/managedFolders", "items", _folder_name)
_REPOSITORIES = Listed("repository", "artifactregistry", "/v1/{parent}/repositories", "repositories", _own_name)
_KEYS = Listed("key", "cloudkms", "/v1/{parent}/cryptoKeys", "cryptoKeys", _own_name)
_KEY_RINGS = Listed("key ring", "cloudkms", "/v1/{parent}/keyRings", "keyRings", _own_name, _KEYS)
RESOURCES: Mapping[str, Iterable[Listed]] = {
    "bigquery": (Listed("dataset", "bigquery", "/projects/{parent}/datasets", "datasets", _dataset_name),),
    "storage": (Listed("bucket", "storage", "/b", "items", _bucket_name, _FOLDERS, {"project": "{parent}"}),),
    "pubsub": (
        Listed("topic", "pubsub", "/v1/projects/{parent}/topics", "topics", _own_name),
        Listed("subscription", "pubsub", "/v1/projects/{parent}/subscriptions", "subscriptions", _own_name),
    ),
    "spanner": (
        Listed("Spanner instance", "spanner", "/v1/projects/{parent}/instances", "instances", _own_name, _DATABASES),
    ),
    "secretmanager": (Listed("secret", "secretmanager", "/v1/projects/{parent}/secrets", "secrets", _secret_name),),
    "artifactregistry": (_in_locations("artifactregistry", _REPOSITORIES),),
    "cloudkms": (_in_locations("cloudkms", _KEY_RINGS),),
}
"""The lists of resources of each product, by its key."""
