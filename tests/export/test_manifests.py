"""What a team on GKE commits: read by any YAML reader, it says what was meant."""

import pytest
import yaml

from wizard.export.manifests import Use, commands, patch, service_accounts
from wizard.federation.gke import ANNOTATION, NODE_SELECTOR, ClusterName
from wizard.resources.kubernetes_service_account import KubernetesServiceAccount

CLUSTER = ClusterName("acme-payments", "asia-northeast1", "payments")
TRAPS = ["yes", "no", "on", "off", "y", "n", "true", "false", "null", "123", "1e3", "0x1f", "010", "2001-01-01"]


def test_service_accounts_are_one_text_of_several_documents() -> None:
    email = "scorer@acme-payments.iam.gserviceaccount.com"
    direct = KubernetesServiceAccount(CLUSTER, "checkout", "checkout")
    impersonating = KubernetesServiceAccount(CLUSTER, "anti-fraud", "scorer", email)
    first, second = yaml.safe_load_all(service_accounts([direct, impersonating]))
    assert first == {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "checkout", "namespace": "checkout"},
    }
    assert second["metadata"]["annotations"] == {ANNOTATION: email}


@pytest.mark.parametrize("name", TRAPS)
def test_names_that_yaml_reads_as_something_else_are_quoted(name: str) -> None:
    text = patch(Use(name, name, name)) + "---\n" + service_accounts([KubernetesServiceAccount(CLUSTER, name, name)])
    changed, account = yaml.safe_load_all(text)
    assert changed["metadata"] == account["metadata"] == {"name": name, "namespace": name}
    assert changed["spec"]["template"]["spec"]["serviceAccountName"] == name
    assert f'name: "{name}"' in text or f"name: '{name}'" in text


def test_a_patch_says_nothing_but_the_service_account() -> None:
    document = yaml.safe_load(patch(Use("anti-fraud", "scorer", "scorer", "default")))
    assert document["spec"] == {"template": {"spec": {"serviceAccountName": "scorer"}}}


def test_a_pinned_patch_keeps_the_pods_on_switched_nodes() -> None:
    document = yaml.safe_load(patch(Use("anti-fraud", "scorer", "scorer", "default"), pinned=True))
    assert document["spec"]["template"]["spec"]["nodeSelector"] == NODE_SELECTOR


def test_only_deployments_that_use_another_are_patched_by_hand() -> None:
    lines = commands(CLUSTER, [Use("a", "one", "one", "default"), Use("b", "two", "two", "two")])
    assert lines == [
        "gcloud container clusters get-credentials payments --location=asia-northeast1 --project=acme-payments",
        f"kubectl --context={CLUSTER.context} apply -f service-accounts.yaml",
        f"kubectl --context={CLUSTER.context} --namespace=a patch deployment one --patch-file=deployment-a-one.yaml",
        f"kubectl --context={CLUSTER.context} --namespace=a rollout status deployment one",
    ]
