"""What a team on GKE commits: read by any YAML reader, it says what was meant."""

import pytest
import yaml

from wizard.clouds.controllers import Controller
from wizard.federation.gke import ANNOTATION, NODE_SELECTOR, ClusterName
from wizard.modes.gke.manifests import Use, commands, patch, service_accounts
from wizard.resources.kubernetes_service_account import KubernetesServiceAccount

CLUSTER = ClusterName("acme-payments", "asia-northeast1", "payments")
SCORER = Use("anti-fraud", Controller("Deployment", "scorer"), "scorer", "default")
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
    text = (
        patch(Use(name, Controller("Deployment", name), name))
        + "---\n"
        + service_accounts([KubernetesServiceAccount(CLUSTER, name, name)])
    )
    changed, account = yaml.safe_load_all(text)
    assert changed["metadata"] == account["metadata"] == {"name": name, "namespace": name}
    assert changed["spec"]["template"]["spec"]["serviceAccountName"] == name
    assert f'name: "{name}"' in text or f"name: '{name}'" in text


def test_a_patch_says_nothing_but_the_service_account() -> None:
    document = yaml.safe_load(patch(SCORER))
    assert document["spec"] == {"template": {"spec": {"serviceAccountName": "scorer"}}}


def test_a_pinned_patch_keeps_the_pods_on_switched_nodes() -> None:
    document = yaml.safe_load(patch(SCORER, pinned=True))
    assert document["spec"]["template"]["spec"]["nodeSelector"] == NODE_SELECTOR


def use(name: str, now: str, kind: str = "Deployment") -> Use:
    """Something in namespace a that is to use the service account of its name."""
    return Use("a", Controller(kind, name), name, now)


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet"])
def test_what_rolls_out_is_patched_as_a_deployment_is(kind: str) -> None:
    document = yaml.safe_load(patch(use("one", "default", kind)))
    assert (document["apiVersion"], document["kind"]) == ("apps/v1", kind)
    assert document["spec"] == {"template": {"spec": {"serviceAccountName": "one"}}}
    lines = commands(CLUSTER, [use("one", "default", kind)])
    assert lines[-1].endswith(f" rollout status {kind.lower()} one")


def test_a_cron_job_is_patched_where_it_keeps_the_template_of_its_jobs() -> None:
    document = yaml.safe_load(patch(use("one", "default", "CronJob")))
    assert (document["apiVersion"], document["kind"]) == ("batch/v1", "CronJob")
    template = {"spec": {"serviceAccountName": "one"}}
    assert document["spec"] == {"jobTemplate": {"spec": {"template": template}}}
    assert commands(CLUSTER, [use("one", "default", "CronJob")])[-1].endswith("--patch-file=cronjob-a-one.yaml")


def test_a_job_that_is_there_is_not_patched() -> None:
    assert not use("one", "default", "Job").patched
    assert len(commands(CLUSTER, [use("one", "default", "Job")])) == 2


def test_only_what_uses_another_is_patched_by_hand() -> None:
    lines = commands(CLUSTER, [use("one", "default"), use("two", "two")])
    assert lines == [
        "gcloud container clusters get-credentials payments --location=asia-northeast1 --project=acme-payments",
        f"kubectl --context={CLUSTER.context} apply -f service-accounts.yaml",
        f"kubectl --context={CLUSTER.context} --namespace=a patch deployment one --patch-file=deployment-a-one.yaml",
        f"kubectl --context={CLUSTER.context} --namespace=a rollout status deployment one",
    ]
