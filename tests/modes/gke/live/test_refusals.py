"""Broken worlds on GKE: the chain stops at the right hop, in the cloud's words, with a plain reason."""

import pytest

from tests.chain.outcomes import outcome_of
from tests.modes.gke.live.gke_world import AUTOPILOT, DARK, MIXED, NODES, PROJECT, USER, WRITE, GkeWorld, failed_at
from wizard.chain.hop import Outcome, verdict
from wizard.chain.project_policy import Binding, ProjectPolicy
from wizard.chain.target import Target, WantedRole
from wizard.federation.gke import ClusterName

ELSEWHERE = f"elsewhere@{PROJECT}.iam.gserviceaccount.com"
MISSPELT = f"misspelt@{PROJECT}.iam.gserviceaccount.com"
DENIED = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."


def said(outcome: Outcome) -> str:
    assert outcome.fix, outcome
    return f"{outcome.reason} -> {outcome.fix}"


def test_a_cluster_that_is_not_there(gke_world: GkeWorld):
    wrong = ClusterName(PROJECT, "asia-northeast1-a", "payments")
    outcome = failed_at(gke_world.walk(gke_world.test(cluster=wrong)), "cluster")
    assert outcome.refusal and outcome.refusal.message.startswith("Not found: projects/acme-payments/zones/")
    assert "project acme-payments has no cluster payments in asia-northeast1-a" in said(outcome)
    assert "payments in asia-northeast1" in said(outcome)


def test_a_cluster_without_a_pool(gke_world: GkeWorld):
    outcome = failed_at(gke_world.walk(gke_world.test(cluster=DARK)), "cluster")
    assert "Workload Identity Federation for GKE is disabled" in said(outcome)
    assert "--location=asia-northeast1-a --project=acme-payments --workload-pool=acme-payments.svc.id.goog" in said(
        outcome
    )


def test_node_pools_without_the_metadata_server_are_named(gke_world: GkeWorld):
    outcome = failed_at(gke_world.walk(gke_world.test(cluster=MIXED)), "node-pools")
    assert "act" in said(outcome) and ": default-pool, old-pool -> " in said(outcome)
    assert "--workload-metadata=GKE_METADATA" in said(outcome)
    assert (
        "node pool default-pool: GCE_METADATA; pods on this node pool act as the nodes' service account"
        in outcome.evidence
    )


def test_only_the_setups_node_pools_count(gke_world: GkeWorld):
    test = gke_world.test(cluster=MIXED, node_pools=("empty-pool",), in_pod=False)
    outcomes = gke_world.walk(test)
    assert verdict(outcomes).passed
    other = "(the setup does not name this node pool, but pods can run on this node pool)"
    assert any(line.endswith(other) for line in outcomes[1].evidence)


def test_a_node_pool_that_is_not_there(gke_world: GkeWorld):
    outcome = failed_at(gke_world.walk(gke_world.test(node_pools=("default-pool", "gpu-pool"))), "node-pools")
    assert "node pools that the cluster does not have: gpu-pool" in said(outcome)


def test_a_pod_for_which_there_is_no_node(gke_world: GkeWorld):
    outcome = failed_at(gke_world.walk(gke_world.test(cluster=MIXED, node_pools=("empty-pool",))), "pod")
    assert (
        "no node with the GKE metadata server can run the pod, so the cluster did not schedule the pod: 0/2 nodes"
        in said(outcome)
    )
    assert gke_world.pods(gke_world.test(cluster=MIXED)) == []


def test_a_namespace_that_is_not_there(gke_world: GkeWorld):
    outcome = failed_at(gke_world.walk(gke_world.test(cluster=AUTOPILOT, namespace="anti-froud")), "ksa-token")
    assert "the cluster pilot has no namespace anti-froud" in said(outcome)


def test_a_namespace_that_is_being_deleted(gke_world: GkeWorld):
    outcome = failed_at(gke_world.walk(gke_world.test(cluster=AUTOPILOT, namespace="leaving")), "ksa-token")
    assert "the namespace leaving is being deleted" in said(outcome)


def test_a_service_account_that_is_not_there(gke_world: GkeWorld):
    outcome = failed_at(gke_world.walk(gke_world.test("scorrer")), "ksa-token")
    assert outcome.refusal and outcome.refusal.message == 'serviceaccounts "scorrer" not found'
    assert "the Kubernetes service account anti-fraud/scorrer does not exist" in said(outcome)
    assert "--namespace=anti-fraud create serviceaccount scorrer" in said(outcome)


def test_an_annotation_that_is_missing(gke_world: GkeWorld):
    outcome = failed_at(gke_world.walk(gke_world.test(google_service_account=ELSEWHERE)), "ksa-token")
    assert f"has no annotation that names {ELSEWHERE}" in said(outcome)


def test_an_annotation_that_names_a_missing_gsa(gke_world: GkeWorld):
    outcome = failed_at(gke_world.walk(gke_world.test("missing", google_service_account=MISSPELT)), "impersonation")
    assert outcome.refusal and outcome.refusal.message == f"Not found; Gaia id not found for email {MISSPELT}"
    assert f"names {MISSPELT}, which Google Cloud does not find" in said(outcome)


def test_a_leftover_annotation(gke_world: GkeWorld):
    outcome = failed_at(gke_world.walk(gke_world.test("leftover")), "impersonation")
    assert outcome.refusal and outcome.refusal.message == DENIED
    assert "a leftover annotation makes anti-fraud/leftover act as nobody@" in said(outcome)
    assert said(outcome).endswith(
        "--namespace=anti-fraud annotate serviceaccount leftover iam.gke.io/gcp-service-account-"
    )


def test_an_annotation_that_is_no_email_is_quoted_visibly(gke_world: GkeWorld):
    outcome = failed_at(gke_world.walk(gke_world.test("prefixed")), "impersonation")
    assert 'does not name a Google service account: "serviceAccount:scorer@' in said(outcome)
    assert "\\u001b[2J" in said(outcome)
    assert "\x1b" not in said(outcome)


def test_a_leftover_annotation_that_works_is_doubtful(gke_world: GkeWorld):
    outcomes = gke_world.walk(gke_world.test("impersonating"))
    outcome = outcome_of(outcomes, "impersonation")
    assert (
        outcome.status == "not_proven"
        and "specifies direct access, but the annotation of the Kubernetes service account names" in said(outcome)
    )
    assert verdict(outcomes).passed


def test_a_binding_that_names_another_namespace(gke_world: GkeWorld):
    bound = f"serviceAccount:{PROJECT}.svc.id.goog[checkout/elsewhere]"
    test = gke_world.test("elsewhere", google_service_account=ELSEWHERE, members={"impersonation": (bound,)})
    outcome = failed_at(gke_world.walk(test), "impersonation")
    assert f"the binding names another namespace: {bound}" in said(outcome)
    assert f"--member='serviceAccount:{PROJECT}.svc.id.goog[anti-fraud/elsewhere]'" in said(outcome)


def test_a_binding_that_is_missing(gke_world: GkeWorld):
    test = gke_world.test("elsewhere", google_service_account=ELSEWHERE, members={"impersonation": ()})
    outcome = failed_at(gke_world.walk(test), "impersonation")
    assert f"no principal has roles/iam.workloadIdentityUser on {ELSEWHERE}" in said(outcome)
    assert f"--member='serviceAccount:{PROJECT}.svc.id.goog[anti-fraud/elsewhere]'" in said(outcome)


def test_a_grant_that_names_the_project_by_its_id(gke_world: GkeWorld):
    wrong = (
        f"principal://iam.googleapis.com/projects/{PROJECT}/locations/global/workloadIdentityPools/"
        f"{PROJECT}.svc.id.goog/subject/ns/anti-fraud/sa/roleless"
    )
    policy = ProjectPolicy((Binding(USER, (wrong,)),))
    targets = (Target(PROJECT, (WantedRole(USER, (WRITE,)),), policy),)
    outcome = failed_at(gke_world.walk(gke_world.test("roleless", targets=targets)), "permission")
    assert f"the grant names the project by its ID instead of its number: {wrong}" in said(outcome)
    assert f"--member={wrong.replace(f'projects/{PROJECT}', 'projects/210987654321')}" in said(outcome)


def test_a_role_that_is_missing(gke_world: GkeWorld):
    outcome = failed_at(gke_world.walk(gke_world.test("roleless")), "permission")
    assert "the workload does not have roles/spanner.databaseUser on acme-payments" in said(outcome)
    assert said(outcome).endswith("/acme-payments.svc.id.goog/subject/ns/anti-fraud/sa/roleless --condition=None")


def test_a_network_policy_that_blocks_the_metadata_server(gke_world: GkeWorld):
    test = gke_world.test(namespace="shut-off")
    outcome = failed_at(gke_world.walk(test), "pod")
    assert f"blocks pods from the metadata server: deny-egress: pods of {test.title}" in said(outcome)
    assert "allow egress to 169.254.169.252:988" in said(outcome)
    assert outcome.sent == {"manifests": []}, "a pod would only wait for the metadata server"


def test_a_network_policy_that_selects_the_workloads_own_pods(gke_world: GkeWorld):
    test = gke_world.test(namespace="guarded", cluster=AUTOPILOT)
    outcome = failed_at(gke_world.walk(test), "pod")
    assert "blocks the pods' access to the metadata server: guard: pods of Deployment loader" in said(outcome)
    assert "allow egress to 169.254.169.254:80" in said(outcome)


def test_where_policies_are_not_known_to_be_enforced_it_is_not_proven(gke_world: GkeWorld):
    outcomes = gke_world.walk(gke_world.test(namespace="guarded"))
    outcome = outcome_of(outcomes, "pod")
    assert outcome.status == "not_proven" and "if the cluster enforces the policies" in said(outcome)


def test_a_workload_in_the_hosts_network(gke_world: GkeWorld):
    outcome = failed_at(gke_world.walk(gke_world.test(namespace="hosted")), "pod")
    assert "use their host's network (hostNetwork: true)" in said(outcome) and "Deployment agent" in said(outcome)
    assert NODES not in said(outcome)


@pytest.mark.parametrize(
    ("namespace", "hop", "words"),
    [
        ("denied-get-accounts", "ksa-token", "permission to get serviceaccounts in namespace denied-get-accounts"),
        ("denied-tokens", "ksa-token", "permission to create serviceaccounts/token in namespace denied-tokens"),
        ("denied-create-jobs", "pod", "permission to create jobs in namespace denied-create-jobs"),
        ("denied-get-pods", "pod", "permission to get pods in namespace denied-get-pods"),
        ("denied-get-log", "pod", "permission to get pods/log in namespace denied-get-log"),
        ("denied-delete-jobs", "pod", "permission to delete jobs in namespace denied-delete-jobs"),
    ],
)
def test_each_denied_verb_is_named_before_anything_is_made(gke_world: GkeWorld, namespace: str, hop: str, words: str):
    test = gke_world.test(namespace=namespace)
    outcome = failed_at(gke_world.walk(test), hop)
    assert words in said(outcome)
    assert f"in the namespace {namespace}, or for the role roles/container.developer" in said(outcome)
    assert not [line for line in gke_world.writes() if namespace in line["path"] and line["path"].endswith("/jobs")]
