"""Every kind that the clusters store has IAM permissions of its own."""

from wizard.sandbox.kubernetes.kinds import STORED
from wizard.sandbox.model.cluster_permissions import INSIDE_CLUSTERS, permission
from wizard.sandbox.model.roles import role_table


def test_every_stored_kind_has_permissions_of_its_own() -> None:
    for kind in STORED:
        assert permission(kind.plural, "create") == f"container.{kind.iam}.create"
        assert permission(kind.plural, "create") in INSIDE_CLUSTERS


def test_an_unknown_kind_counts_as_a_third_party_object() -> None:
    assert permission("certificates", "watch") == "container.thirdPartyObjects.list"


def test_developers_have_every_permission_inside_of_clusters() -> None:
    developer = role_table().get("roles/container.developer")
    assert developer is not None
    assert set(INSIDE_CLUSTERS) < set(developer.permissions)
