"""Every kind that the clusters store has IAM permissions of its own."""

from wizard.sandbox.kubernetes.kinds import STORED
from wizard.sandbox.model.cluster_permissions import CLUSTER_ADMIN, EVERYTHING_INSIDE, INSIDE_CLUSTERS, permission
from wizard.sandbox.model.roles import role_table


def test_every_stored_kind_has_permissions_of_its_own() -> None:
    for kind in STORED:
        assert permission(kind.plural, "create") == f"container.{kind.iam}.create"
        assert permission(kind.plural, "create") in EVERYTHING_INSIDE


def test_an_unknown_kind_counts_as_a_third_party_object() -> None:
    assert permission("certificates", "watch") == "container.thirdPartyObjects.list"


def test_developers_have_every_permission_inside_of_clusters() -> None:
    developer = role_table().get("roles/container.developer")
    assert developer is not None
    assert set(INSIDE_CLUSTERS) < set(developer.permissions)


def test_only_administrators_of_a_cluster_change_its_roles() -> None:
    roles = role_table()
    for name, has in (("container.admin", True), ("owner", True), ("container.developer", False), ("editor", False)):
        role = roles.get(f"roles/{name}")
        assert role is not None
        assert ("container.roleBindings.create" in role.permissions, set(CLUSTER_ADMIN) <= set(role.permissions)) == (
            has,
            has,
        )
        assert "container.roleBindings.list" in role.permissions


def test_subresources_have_permissions_of_their_own() -> None:
    assert permission("deployments/scale", "patch") == "container.deployments.updateScale"
    assert permission("pods/eviction", "create") == "container.pods.evict"
    assert permission("jobs/status", "get") == "container.jobs.getStatus"
