"""Which tool manages a resource, by the marks of the tools."""

from types import SimpleNamespace
from typing import Any

import pytest

from wizard.engine.resource import Change, Owner
from wizard.federation.gke import ClusterName
from wizard.resources import owners
from wizard.resources.kubernetes_service_account import KubernetesServiceAccount

KSA = "Kubernetes service account"


def metadata(**more: Any) -> SimpleNamespace:
    """The metadata of the service account `payments` in the namespace `prod`."""
    known = {"labels": None, "annotations": None, "managedFields": None, "ownerReferences": None}
    return SimpleNamespace(name="payments", namespace="prod", **(known | more))


def managed_by(manager: str) -> dict[str, Any]:
    """Metadata with this manager of a field."""
    return {"managedFields": [SimpleNamespace(manager=manager)]}


MARKED: list[tuple[dict[str, Any], str, str]] = [
    (
        {"annotations": {"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "apps"}},
        "Helm",
        "release shop in namespace apps",
    ),
    ({"labels": {"app.kubernetes.io/managed-by": "Helm"}}, "Helm", "chart that contains"),
    (
        {"annotations": {"argocd.argoproj.io/tracking-id": "shop:/ServiceAccount:prod/payments"}},
        "Argo CD",
        "the application shop",
    ),
    ({"labels": {"argocd.argoproj.io/instance": "shop"}}, "Argo CD", "the application shop"),
    (
        {"labels": {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux"}},
        "Flux",
        "the Kustomization apps in namespace flux",
    ),
    ({"labels": {"helm.toolkit.fluxcd.io/name": "shop"}}, "Flux", "HelmRelease shop in namespace prod"),
    ({"annotations": {"configmanagement.gke.io/managed": "enabled"}}, "Config Sync", "repository that"),
    ({"annotations": {"configsync.gke.io/resource-id": "_serviceaccount_prod_payments"}}, "Config Sync", "repository"),
    ({"labels": {"app.kubernetes.io/managed-by": "terraform"}}, "Terraform", "Terraform configuration that"),
    (managed_by("Terraform"), "Terraform", f"that contains the {KSA} payments"),
    ({"annotations": {"objectset.rio.cattle.io/id": "default-shop"}}, "Rancher Fleet", "configuration that"),
    (managed_by("argocd-controller"), "Argo CD", "source of the application"),
    (managed_by("kustomize-controller"), "Flux", "source of the Kustomization"),
    (managed_by("helm"), "Helm", "chart that contains"),
    ({"labels": {"app.kubernetes.io/managed-by": "acme-deployer"}}, "acme-deployer", "configuration that contains"),
    (
        {"ownerReferences": [SimpleNamespace(kind="Tenant", name="shop", controller=True)]},
        "Tenant",
        "Tenant shop in namespace prod",
    ),
]


@pytest.mark.parametrize(("marks", "tool", "place"), MARKED, ids=[f"{tool}-{place}" for _, tool, place in MARKED])
def test_the_tool_is_named_with_the_place_of_the_change(marks: dict[str, Any], tool: str, place: str) -> None:
    owner = owners.of(owners.in_cluster(KSA, metadata(**marks)))
    assert owner is not None
    assert owner.tool == tool
    assert place in owner.place


@pytest.mark.parametrize(
    "marks",
    [
        {},
        managed_by("kubectl-client-side-apply"),
        managed_by("wif-wizard"),
        {"annotations": {"configmanagement.gke.io/managed": "disabled"}},
        {"labels": {"app.kubernetes.io/managed-by": "kubectl"}},
        {"ownerReferences": [SimpleNamespace(kind="Tenant", name="shop", controller=None)]},
    ],
)
def test_what_people_change_by_hand_has_no_owner(marks: dict[str, Any]) -> None:
    assert owners.of(owners.in_cluster(KSA, metadata(**marks))) is None


def test_a_chart_that_argo_cd_renders_is_argo_cds() -> None:
    marks = {"labels": {"app.kubernetes.io/managed-by": "Helm", "argocd.argoproj.io/instance": "shop"}}
    owner = owners.of(owners.in_cluster(KSA, metadata(**marks)))
    assert owner is not None and owner.tool == "Argo CD"


@pytest.mark.parametrize(
    ("labels", "tool"),
    [({"goog-terraform-provisioned": "true"}, "Terraform"), ({"managed-by-cnrm": "true"}, "Config Connector")],
)
def test_resources_of_google_cloud_have_labels(labels: dict[str, str], tool: str) -> None:
    owner = owners.of(owners.in_google("cluster", "payments", labels))
    assert owner is not None
    assert (owner.tool, "the cluster payments" in owner.place) == (tool, True)


def test_only_what_exists_has_an_owner() -> None:
    account = KubernetesServiceAccount(ClusterName("acme-payments", "asia-northeast1", "payments"), "prod", "payments")
    helm = {"tool": "Helm", "place": "release shop"}
    assert account.owner(Change(account, None, account.desired())) is None
    assert account.owner(Change(account, {"owner": helm}, account.desired())) == Owner("Helm", "release shop")
