"""The names of GKE, as Google's documentation writes them."""

from wizard.federation import gke, principals
from wizard.federation.identifiers import PoolName

CLUSTER = gke.ClusterName("acme-payments", "asia-northeast1", "payments")


def test_a_cluster_is_named_in_four_ways() -> None:
    assert CLUSTER.name == "projects/acme-payments/locations/asia-northeast1/clusters/payments"
    assert CLUSTER.context == "gke_acme-payments_asia-northeast1_payments"
    assert CLUSTER.issuer == f"https://container.googleapis.com/v1/{CLUSTER.name}"


def test_the_principal_has_the_projects_number_and_its_pool_the_projects_id() -> None:
    assert gke.principal("acme-payments", "210987654321", "anti-fraud", "scorer") == (
        "principal://iam.googleapis.com/projects/210987654321/locations/global/workloadIdentityPools/"
        "acme-payments.svc.id.goog/subject/ns/anti-fraud/sa/scorer"
    )


def test_both_members_admit_the_service_account_and_no_other() -> None:
    pool = PoolName("210987654321", gke.workload_pool("acme-payments"))
    scorer = principals.FederatedIdentity(pool, gke.subject("anti-fraud", "scorer"))
    other = principals.FederatedIdentity(pool, gke.subject("checkout", "scorer"))
    for member in (
        gke.principal("acme-payments", "210987654321", "anti-fraud", "scorer"),
        gke.workload_identity_member("acme-payments", "anti-fraud", "scorer"),
    ):
        assert principals.admits(member, scorer)
        assert not principals.admits(member, other)
