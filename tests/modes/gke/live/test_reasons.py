"""Reasons on GKE: known words, each with the cause and the fix that belong to them."""

from typing import Any

import pytest

from tests.chain.sentences import field_names, known_names
from tests.modes.gke.live.gke_world import GSA, NUMBER, POOL, STANDARD
from wizard.chain.hop import Outcome, Refusal
from wizard.chain.rule import first
from wizard.federation.gke import ANNOTATION
from wizard.modes.gke.live.account import AccountFacts
from wizard.modes.gke.live.cluster import ClusterFacts
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.hops import HOPS
from wizard.modes.gke.live.known import GkeFacts, GkeKnown
from wizard.modes.gke.live.reasons import RULES

BY_ID = {hop.id: hop for hop in HOPS}
US = f"serviceAccount:{POOL}[anti-fraud/scorer]"
DENIED = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."
BY_POD = f"Unable to generate access token; IAM returned 403 Forbidden: {DENIED}\nThis error could be caused by"
GONE = f"Unable to generate access token; IAM returned 404 Not Found: Not found; Gaia id not found for email {GSA}"
NODE = "210987654321-compute@developer.gserviceaccount.com"
TAKEN = "the metadata server identifies the pod as {}, not as {}"
SECURITY = 'pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true'
WEBHOOK = 'admission webhook "validation.gatekeeper.sh" denied the request: [registries] image not allowed'
TOO_SMALL = (
    'pods "x" is forbidden: [minimum memory usage per Container is 256Mi, but request is 128Mi, minimum cpu usage per '
    "Container is 200m, but request is 100m]"
)
QUOTA = 'pods "x" is forbidden: exceeded quota: team, requested: limits.cpu=100m, used: limits.cpu=1, limited: 1'
ENDING = 'pods "x" is forbidden: unable to create new content in namespace anti-fraud because it is being terminated'
RBAC = 'pods is forbidden: User "dev@acme.example" cannot create resource "pods" in API group "" in the namespace "x"'
NO_ANSWER = "https://10.0.0.2 did not answer (the endpoint of payments in the GKE API): timed out"
API_OFF = (
    "Security Token Service API has not been used in project 210987654321 before or it is disabled. Enable it by "
    "visiting https://console.developers.google.com/apis/api/sts.googleapis.com/overview?project=210987654321"
)
PERIMETER = "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: x"
TAINTS = "0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: batch}."


def known(acts_as: str | None = None, wanted: str | None = None, **more: Any) -> GkeKnown:
    test = GkeTest(STANDARD, NUMBER, "anti-fraud", "scorer", wanted, members=more.pop("members", {}))
    cluster = ClusterFacts({"workloadIdentityConfig": {"workloadPool": POOL}, **more})
    return GkeKnown(test, cluster, AccountFacts({ANNOTATION: acts_as} if acts_as else {}))


def reason(hop_id: str, code: str, message: str, so_far: GkeKnown | None = None) -> str:
    """Cause and fix in one text."""
    outcome = Outcome(BY_ID[hop_id], "failed", refusal=Refusal(code, message))
    found = first(RULES, outcome, (so_far or known()).facts(outcome))
    assert found, (code, message)
    return f"{found.cause} -> {found.fix}"


KNOWN = [
    ("cluster", "PERMISSION_DENIED", 'Required "container.clusters.get" permission(s)', "clusterViewer"),
    ("cluster", "NotRunning", "the cluster is PROVISIONING", "the cluster is PROVISIONING"),
    ("ksa-token", "UNREACHABLE", NO_ANSWER, "does not answer this machine"),
    ("ksa-token", "Unauthorized", "Unauthorized", "does not accept your credentials"),
    (
        "ksa-token",
        "OtherCluster",
        "the token's issuer is https://x, not https://y",
        "issues tokens with the issuer https://x",
    ),
    ("exchange", "invalid_target", 'The target service indicated by the "audience" parameters is invalid.', POOL),
    ("exchange", "PERMISSION_DENIED", API_OFF, "API sts.googleapis.com is disabled in project 210987654321"),
    ("permission", "PERMISSION_DENIED", PERIMETER, "through a Google service account"),
    ("permission", "UNAUTHENTICATED", "Expected OAuth 2 access token", "does not accept federated tokens"),
    ("pod", "OtherIdentity", TAKEN.format(NODE, POOL), f"acts as {NODE}, its node's service account"),
    ("pod", "OtherIdentity", TAKEN.format(POOL, GSA), "does not know the annotation"),
    ("pod", "NoMetadataServer", "169.254.169.254: timed out", "was not ready after 30 s"),
    (
        "pod",
        "NotMetadata",
        "the server at 169.254.169.254 is not Google's metadata server",
        "not the GKE metadata server",
    ),
    ("pod", "HTTP 403", "This metadata endpoint is concealed.", "not the GKE metadata server"),
    (
        "pod",
        "ImagePull",
        "ImagePullBackOff: Back-off pulling image",
        "cannot pull the image docker.io/library/python:3.13-slim: ImagePull",
    ),
    ("pod", "NotStarted", 'StartError: exec: "python3": executable file not found in $PATH', "set probe.image"),
    ("pod", "Unschedulable", TAINTS, "the cluster did not schedule the pod: 0/3 nodes"),
    ("pod", "NotAdmitted", SECURITY, "Standard restricted:latest of anti-fraud does not allow"),
    ("pod", "NotAdmitted", TOO_SMALL, "probe: {resources: {requests: {cpu: 200m, memory: 256Mi}}}"),
    ("node-pools", "OnWindows", "pods of app on win-pool", "run these pods on a node pool with Linux"),
    ("pod", "NotAdmitted", WEBHOOK, "webhook validation.gatekeeper.sh does not allow the one-off pod: [registries]"),
    ("pod", "NotAdmitted", QUOTA, "the quota team of anti-fraud is too small"),
    ("pod", "Forbidden", ENDING, "the namespace anti-fraud is being deleted"),
    ("pod", "Forbidden", RBAC, "you do not have permission to create pods in namespace anti-fraud"),
    ("pod", "Ended", "Evicted: The node was low on resource: memory.", "ended before the test finished: Evicted"),
    ("pod", "Silent", "the pod ended without reporting a result", "ended before the test finished"),
    ("pod", "PodLeft", "the pod x could not be removed", "--namespace=anti-fraud delete job"),
    ("pod", "UNREACHABLE", "cloudresourcemanager.googleapis.com: timed out", "googleapis.com did not answer"),
]


@pytest.mark.parametrize(("hop_id", "code", "message", "words"), KNOWN, ids=[f"{k[1]}: {k[3][:24]}" for k in KNOWN])
def test_known_words_have_a_reason(hop_id: str, code: str, message: str, words: str):
    assert words in reason(hop_id, code, message)


@pytest.mark.parametrize(
    ("config", "is_private"),
    [
        ({"privateClusterConfig": {"enablePrivateEndpoint": True}}, True),
        ({"controlPlaneEndpointsConfig": {"ipEndpointsConfig": {"enablePublicEndpoint": False}}}, True),
        ({"privateClusterConfig": {"privateEndpoint": "10.0.0.2", "publicEndpoint": "203.0.113.7"}}, False),
    ],
)
def test_a_private_endpoint_is_told_as_one(config: dict[str, Any], is_private: bool):
    assert ("endpoint is private" in reason("ksa-token", "UNREACHABLE", NO_ANSWER, known(**config))) == is_private


@pytest.mark.parametrize(
    ("members", "words"),
    [
        (None, "does not have roles/iam.workloadIdentityUser"),
        ((), "no principal has roles/iam.workloadIdentityUser"),
        ((US,), "not effective"),
        ((US.replace("[anti-fraud/", "[default/"),), "names another namespace"),
        ((US.replace("/scorer]", "/default]"),), "names another Kubernetes service account"),
        ((US.replace("acme-payments.", "acme-payment."),), "names another workload identity pool"),
    ],
)
@pytest.mark.parametrize(
    ("hop_id", "code", "message"), [("impersonation", "PERMISSION_DENIED", DENIED), ("pod", "HTTP 403", BY_POD)]
)
def test_a_denied_impersonation_is_told_by_who_is_bound(
    members: tuple[str, ...] | None, words: str, hop_id: str, code: str, message: str
):
    so_far = known(GSA, GSA, members={} if members is None else {"impersonation": members})
    assert words in reason(hop_id, code, message, so_far)


def test_a_missing_gsa_is_named_by_the_pod_too():
    assert f"names {GSA}, which Google Cloud does not find" in reason("pod", "HTTP 404", GONE, known(GSA, GSA))


def test_an_annotation_that_names_another_gsa_is_told():
    said = reason("impersonation", "PERMISSION_DENIED", DENIED, known(GSA, "other@x.iam.gserviceaccount.com"))
    assert f"names {GSA}, but anti-fraud/scorer does not have permission to impersonate this account" in said
    assert "setup.yaml specifies other@x" in said


def test_a_missing_role_goes_to_the_gsa_where_one_is_acted_as():
    said = reason("permission", "MISSING", "not granted: spanner.databases.write", known(GSA, GSA))
    assert said.endswith(f"grant a role on the target to the service account {GSA}")


def test_words_that_nobody_knows_have_no_reason():
    outcome = Outcome(BY_ID["pod"], "failed", refusal=Refusal("novel", "never seen"))
    assert first(RULES, outcome, known().facts(outcome)) is None


def test_every_field_of_every_sentence_exists():
    for rule in RULES:
        assert field_names(rule) <= known_names(rule, GkeFacts), rule
        assert set(rule.hops) <= set(HOPS)
