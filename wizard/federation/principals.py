"""The members of allow policies that include federated identities.

Source of the forms: https://cloud.google.com/iam/docs/principal-identifiers
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from wizard.federation.identifiers import PoolName

_PRINCIPAL = "principal://iam.googleapis.com/"
_PRINCIPAL_SET = "principalSet://iam.googleapis.com/"
_GKE_SUFFIX = ".svc.id.goog"
_UID = "kubernetes.serviceaccount.uid"
_CLUSTER = "kubernetes.cluster"


@dataclass(frozen=True)
class FederatedIdentity:
    """The identity of a federated token, after mapping.

    `attributes` has the custom attributes, without the prefix "attribute.". For a GKE identity it also has
    kubernetes.serviceaccount.uid and kubernetes.cluster, if they are known.
    """

    pool: PoolName
    subject: str
    groups: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


def principal(pool: PoolName, subject: str) -> str:
    """Return the member for one identity of a pool."""
    return f"{_PRINCIPAL}{pool.name}/subject/{subject}"


def principal_set(pool: PoolName, attribute: str, value: str) -> str:
    """Return the member for all identities of a pool with this value of a custom attribute, without "attribute."."""
    return f"{_PRINCIPAL_SET}{pool.name}/attribute.{attribute}/{value}"


def group(pool: PoolName, name: str) -> str:
    """Return the member for all identities of a pool whose google.groups contains this name."""
    return f"{_PRINCIPAL_SET}{pool.name}/group/{name}"


def everyone(pool: PoolName) -> str:
    """Return the member for all identities of a pool."""
    return f"{_PRINCIPAL_SET}{pool.name}/*"


def admits(member: str, identity: FederatedIdentity) -> bool:
    """Return whether this member of a policy includes the identity. The comparison is case-sensitive, as in IAM.

    allUsers includes federated identities; allAuthenticatedUsers does not.
    """
    return member == "allUsers" or member in members_of(identity)


def members_of(identity: FederatedIdentity) -> set[str]:
    """Return all members that include the identity, except allUsers."""
    pool = identity.pool
    members = {principal(pool, identity.subject), everyone(pool)}
    members |= {group(pool, name) for name in identity.groups}
    members |= {principal_set(pool, name, value) for name, value in identity.attributes.items()}
    return members | _gke_members_of(identity)


def _gke_members_of(identity: FederatedIdentity) -> set[str]:
    """Return the members that exist only for the pool of GKE clusters, PROJECT_ID.svc.id.goog."""
    pool, parts = identity.pool, identity.subject.split("/")
    if not pool.pool.endswith(_GKE_SUFFIX):
        return set()
    members = set()
    if len(parts) == 4 and (parts[0], parts[2]) == ("ns", "sa"):
        members.add(f"{_PRINCIPAL_SET}{pool.name}/namespace/{parts[1]}")
        members.add(f"serviceAccount:{pool.pool}[{parts[1]}/{parts[3]}]")
    if uid := identity.attributes.get(_UID):
        members.add(f"{_PRINCIPAL}{pool.name}/{_UID}/{uid}")
    if cluster := identity.attributes.get(_CLUSTER):
        members.add(f"{_PRINCIPAL_SET}{pool.name}/{_CLUSTER}/{cluster}")
    return members
