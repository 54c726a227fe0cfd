"""The rules for GKE: which words of which cloud, with which facts, have which cause and which fix."""

from collections.abc import Callable

from wizard.chain import network
from wizard.chain.hop import EXCHANGE, IMPERSONATION, PERMISSION
from wizard.chain.reasons_shared import EVERYWHERE, impersonation_rules, target_rules
from wizard.chain.rule import Rule
from wizard.modes.gke.live import hops
from wizard.modes.gke.live.admission_reasons import ADMISSION
from wizard.modes.gke.live.known import GkeFacts
from wizard.modes.gke.live.pod_reasons import OWN_KEY, POD

_CLUSTER = (hops.CLUSTER,)
_NODE_POOLS = (hops.NODE_POOLS,)
_ACCOUNT = (hops.KSA_TOKEN,)
_EXCHANGE = (EXCHANGE,)
_IMPERSONATION = (IMPERSONATION, hops.POD)
_GRANTED = (PERMISSION, hops.POD)
_POD = (hops.POD,)
_IN_CLUSTER = (hops.KSA_TOKEN, hops.POD)

_DENIED = r"iam\.serviceAccounts\.getAccessToken|^PERMISSION_DENIED: The caller does not have|IAM returned 403"
_GRANT = (
    "grant the role to the workload, which runs as {ksa}: {grant_fix}",
    "grant the role to {grantee}, because the workload runs as {ksa}",
)
_NO_GRANT = rf"^MISSING: |{_DENIED}"

_NO_WAY_OUT = (
    "enable Private Google Access in the subnet of the nodes, or add Cloud NAT. In the NetworkPolicies, allow egress "
    "to TCP port 443"
)

RBAC: Rule[GkeFacts] = Rule(
    _IN_CLUSTER,
    r'cannot (?P<verb>\w+) resource "(?P<resource>[\w/]+)"',
    "you do not have permission to {verb} {resource} in namespace {namespace}. The live test needs this permission",
    "ask for a Role that allows the verb {verb} on {resource} in the namespace {namespace}, or for the role "
    "roles/container.developer on project {project}",
    code="WIF0713",
)
"""The operator does not have a permission in the cluster."""

CLUSTER: tuple[Rule[GkeFacts], ...] = (
    Rule(
        _CLUSTER,
        r"^NOT_FOUND: Not found: ",
        "project {project} has no cluster {cluster} in {location}",
        "correct gke.cluster and gke.location in setup.yaml (for a zonal cluster, gke.location is the zone, not the "
        "region); {hint}",
        code="WIF0701",
    ),
    Rule(
        _CLUSTER,
        r"^PERMISSION_DENIED: ",
        "you do not have permission to view the clusters of project {project}, or the project does not exist",
        "check google.project, and ask for the role roles/container.clusterViewer on the project",
        code="WIF0702",
    ),
    Rule(
        _CLUSTER,
        r"^PoolOff: ",
        "Workload Identity Federation for GKE is disabled: the cluster has no workload identity pool, so Google Cloud "
        "does not accept the cluster's tokens",
        "enable Workload Identity Federation for GKE with wif-wizard apply, or with: gcloud container clusters update "
        "{cluster} --location={location} --project={project} --workload-pool={project_pool}",
        code="WIF0703",
    ),
    Rule(
        _CLUSTER,
        r"^NotRunning: the cluster is (?P<status>\w+)",
        "the cluster is {status}, so no pod can start in the cluster",
        "wait until the cluster is RUNNING or fix the cluster, then test again",
        code="WIF0704",
    ),
    Rule(
        _NODE_POOLS,
        r"^NoSuchNodePool: (?P<names>.*)",
        "the setup names node pools that the cluster does not have: {names}",
        "correct gke.node_pools; this command lists the node pools: gcloud container node-pools list "
        "--cluster={cluster} --location={location} --project={project}",
        code="WIF0705",
    ),
    Rule(
        _NODE_POOLS,
        r"^NoNodePool: ",
        "the cluster has no node pool, so no pod can run in the cluster",
        "create a node pool: gcloud container node-pools create default-pool --cluster={cluster} "
        "--location={location} --project={project} --workload-metadata=GKE_METADATA",
        code="WIF0706",
    ),
    Rule(
        _NODE_POOLS,
        r"^GceMetadata: (?P<names>.*)",
        "these node pools use GCE_METADATA instead of the GKE metadata server, so every pod on these node pools acts "
        "as the nodes' service account: {names}",
        "change these node pools with wif-wizard apply, which first lists the pods that lose their access and then "
        "recreates the nodes, or with this command: {node_pool_fix}",
        code="WIF0707",
    ),
    Rule(
        _NODE_POOLS,
        r"^OnWindows: (?P<what>.*)",
        "these pods run, or can run, on Windows nodes, where GKE has no metadata server, so they act as the nodes' "
        "service account: {what}",
        (
            "run these pods on a node pool with Linux nodes; a program that needs Windows needs another source of "
            "credentials"
        ),
        code="WIF0714",
    ),
    Rule(
        _NODE_POOLS,
        r"^PlacedOff: (?P<what>.*)",
        "these pods run, or can run, on node pools with GCE_METADATA instead of the GKE metadata server, where they "
        "act as the nodes' service account: {what}",
        "add these node pools to gke.node_pools and run wif-wizard apply, which recreates the nodes; or keep the "
        'pods off these node pools with nodeSelector iam.gke.io/gke-metadata-server-enabled: "true" in the pod '
        "template",
        code="WIF0708",
    ),
)
"""Problems of the cluster and its node pools."""

ACCOUNT: tuple[Rule[GkeFacts], ...] = (
    Rule(
        _IN_CLUSTER,
        r"^Terminating: |because it is being terminated",
        "the namespace {namespace} is being deleted, so the cluster creates no objects in this namespace",
        "wait until the namespace no longer exists, then recreate the namespace; or find what blocks the deletion: "
        "kubectl --context={context} get namespace {namespace} -o yaml",
        code="WIF0808",
    ),
    Rule(
        _ACCOUNT,
        r'namespaces "',
        "the cluster {cluster} has no namespace {namespace}",
        "correct workloads.namespace, or create the namespace with wif-wizard apply, or with: kubectl "
        "--context={context} create namespace {namespace}",
        code="WIF0801",
    ),
    Rule(
        _ACCOUNT,
        r'serviceaccounts? "[^"]*" not found',
        "the Kubernetes service account {ksa} does not exist, so the cluster creates no pods that name this account",
        "create the Kubernetes service account with wif-wizard apply, or with: kubectl --context={context} "
        "--namespace={namespace} create serviceaccount {ksa_name}",
        code="WIF0802",
    ),
    Rule(
        _ACCOUNT,
        r"^NotAnnotated: ",
        "{ksa} has no annotation that names {service_account}, so pods of {ksa} do not have the roles of "
        "{service_account}",
        "annotate {ksa} with wif-wizard apply, or with: kubectl --context={context} --namespace={namespace} annotate "
        "serviceaccount {ksa_name} --overwrite iam.gke.io/gcp-service-account={service_account}",
        code="WIF0803",
    ),
    Rule(
        _ACCOUNT,
        r"^OtherCluster: the token's issuer is (?P<issuer>[^,]*),",
        "the Kubernetes API that answered does not belong to {cluster}: the API issues tokens with the issuer {issuer}",
        "point the kubeconfig to the cluster: gcloud container clusters get-credentials {cluster} "
        "--location={location} --project={project}",
        code="WIF0709",
    ),
    Rule(
        _IN_CLUSTER,
        r"^UNREACHABLE: \S+ did not answer",
        "the control plane of {cluster} does not answer this machine, because the cluster's endpoint is private",
        "test from a machine in the cluster's network, or through a proxy or a bastion host in that network",
        when=lambda facts: facts.private_endpoint,
        code="WIF0710",
    ),
    Rule(
        _IN_CLUSTER,
        r"^UNREACHABLE: \S+ did not answer",
        "the control plane of {cluster} does not answer this machine",
        "check the network path from this machine to the control plane; {hint}",
        code="WIF0711",
    ),
    Rule(
        _IN_CLUSTER,
        r"^Unauthorized: |^NO_CREDENTIALS: |Unauthorized$",
        "the cluster does not accept your credentials",
        (
            "update the kubeconfig: gcloud container clusters get-credentials {cluster} --location={location} "
            "--project={project}"
        ),
        code="WIF0712",
    ),
)
"""Problems of the namespace and the KSA."""


def _near_miss(cause: str, when: Callable[[GkeFacts], bool], codes: tuple[str, str]) -> tuple[Rule[GkeFacts], ...]:
    """Return the rules for a member that almost names the workload: on the service account, and on the target."""
    on_account, on_target = codes
    return (
        *Rule[GkeFacts].by_grant(_IMPERSONATION, _DENIED, cause, _GRANT, when, code=on_account),
        *Rule[GkeFacts].by_grant(_GRANTED, _NO_GRANT, cause, _GRANT, when, code=on_target),
    )


GRANTS: tuple[Rule[GkeFacts], ...] = (
    Rule(
        _EXCHANGE,
        r"^(invalid_target|invalid_grant|invalid_request|unauthorized_client): ",
        "the token service does not accept the cluster's token for the workload identity pool {pool}: the pool does "
        "not belong to this cluster, or is only minutes old",
        "if the pool is new, test again in a few minutes; otherwise, compare the pool with the cluster's pool: gcloud "
        "container clusters describe {cluster} --location={location} --project={project} "
        "--format='value(workloadIdentityConfig)'",
        code="WIF0324",
    ),
    Rule(
        _IMPERSONATION,
        r"",
        "the annotation iam.gke.io/gcp-service-account of {ksa} does not name a Google service account: "
        "{annotation_problem}",
        "correct the annotation with wif-wizard apply",
        when=lambda facts: bool(facts.annotation_problem),
        code="WIF0806",
    ),
    Rule(
        _IMPERSONATION,
        r"Gaia id not found|IAM returned 404",
        "the annotation of {ksa} names {service_account}, which Google Cloud does not find: the name is misspelled, "
        "or the account is deleted or only minutes old",
        "correct google_service_account in the setup if the name is misspelled, then run wif-wizard apply, which "
        "creates the service account and corrects the annotation iam.gke.io/gcp-service-account",
        code="WIF0807",
    ),
    Rule(
        _IMPERSONATION,
        _DENIED,
        "a leftover annotation makes {ksa} act as {service_account}, but {ksa} does not have permission to "
        "impersonate this account; setup.yaml specifies direct access",
        "remove the annotation with wif-wizard apply, or with: kubectl --context={context} --namespace={namespace} "
        "annotate serviceaccount {ksa_name} iam.gke.io/gcp-service-account-",
        when=lambda facts: facts.leftover_annotation,
        code="WIF0804",
    ),
    Rule(
        _IMPERSONATION,
        _DENIED,
        "the annotation of {ksa} names {service_account}, but {ksa} does not have permission to impersonate this "
        "account; setup.yaml specifies {wanted_access}",
        "correct the annotation with wif-wizard apply",
        when=lambda facts: facts.other_annotation,
        code="WIF0805",
    ),
    *impersonation_rules(_IMPERSONATION, _DENIED),
    *_near_miss(
        "the grant names the workload in a form that Google Cloud does not recognize: {near_member}",
        lambda facts: facts.near_part == "form",
        ("WIF0416", "WIF0516"),
    ),
    *_near_miss(
        "the grant names the project by its ID instead of its number: {near_member}",
        lambda facts: facts.near_project_id,
        ("WIF0413", "WIF0513"),
    ),
    *_near_miss(
        "the grant names the number of another project: {near_member}",
        lambda facts: facts.near_part == "project",
        ("WIF0413", "WIF0513"),
    ),
    *_near_miss(
        "the binding names another namespace: {near_member}",
        lambda facts: facts.near_part == "namespace",
        ("WIF0416", "WIF0516"),
    ),
    *_near_miss(
        "the binding names another Kubernetes service account: {near_member}",
        lambda facts: facts.near_part == "account",
        ("WIF0416", "WIF0516"),
    ),
    *_near_miss(
        "the binding names another workload identity pool: {near_member}",
        lambda facts: facts.near_part == "pool",
        ("WIF0414", "WIF0514"),
    ),
    *Rule[GkeFacts].by_grant(
        _IMPERSONATION,
        _DENIED,
        "no principal has roles/iam.workloadIdentityUser on {service_account}, so {ksa} does not have permission to "
        "impersonate this account",
        _GRANT,
        when=lambda facts: facts.nobody_bound,
        code="WIF0401",
    ),
    Rule(
        _IMPERSONATION,
        _DENIED,
        "the grant on {service_account} names {ksa}, but is not effective",
        "test again in a few minutes; if the test still fails, look for a condition on the binding or for a deny "
        "policy",
        when=lambda facts: facts.bound,
        code="WIF0404",
    ),
    *Rule[GkeFacts].by_grant(
        _IMPERSONATION,
        _DENIED,
        "{ksa} does not have permission to impersonate {service_account}: {ksa} does not have "
        "roles/iam.workloadIdentityUser, or the grant is only minutes old",
        _GRANT,
        code="WIF0403",
    ),
)
"""Refusals by the token service and by IAM."""

PERIMETER: Rule[GkeFacts] = Rule(
    (),
    r"vpcServiceControlsUniqueIdentifier",
    "a VPC Service Controls perimeter blocks the call, and perimeter rules cannot name identities of GKE's own "
    "workload identity pools",
    "call the target through a Google service account, and add that account to an ingress rule of the perimeter",
    code="WIF0518",
)

RULES: tuple[Rule[GkeFacts], ...] = (
    PERIMETER,
    RBAC,
    *CLUSTER,
    *ACCOUNT,
    OWN_KEY,
    *ADMISSION,
    *POD,
    *GRANTS,
    *EVERYWHERE,
    *network.rules(_POD, _NO_WAY_OUT),
    *target_rules((PERMISSION, hops.POD)),
)
"""From specific to general: the first rule that matches is used."""
