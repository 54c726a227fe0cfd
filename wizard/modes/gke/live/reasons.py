"""The rules for GKE: which words of which cloud, with which facts, have which cause and which fix."""

from wizard.chain import network
from wizard.chain.hop import EXCHANGE, IMPERSONATION, PERMISSION
from wizard.chain.reasons_shared import EVERYWHERE, impersonation_rules, target_rules
from wizard.chain.rule import Rule
from wizard.modes.gke.live import hops
from wizard.modes.gke.live.admission_reasons import ADMISSION
from wizard.modes.gke.live.known import GkeFacts

_CLUSTER = (hops.CLUSTER,)
_NODE_POOLS = (hops.NODE_POOLS,)
_ACCOUNT = (hops.KSA_TOKEN,)
_EXCHANGE = (EXCHANGE,)
_IMPERSONATION = (IMPERSONATION, hops.POD)
_GRANTED = (IMPERSONATION, PERMISSION, hops.POD)
_POD = (hops.POD,)
_IN_CLUSTER = (hops.KSA_TOKEN, hops.POD)

_DENIED = r"iam\.serviceAccounts\.getAccessToken|^PERMISSION_DENIED: The caller does not have|IAM returned 403"
_GRANT = (
    "grant the role to the workload, which is {ksa}: {grant_fix}",
    "the workload is {ksa}; grant the role to {grantee}",
)
_NO_GRANT = rf"^MISSING: |{_DENIED}"

_NO_WAY_OUT = (
    "turn on Private Google Access in the subnet of the nodes, or add Cloud NAT; and allow egress to TCP port 443 in "
    "the NetworkPolicies"
)

RBAC: Rule[GkeFacts] = Rule(
    _IN_CLUSTER,
    r'cannot (?P<verb>\w+) resource "(?P<resource>[\w/]+)"',
    "you do not have permission to {verb} {resource} in namespace {namespace}, which the live test needs",
    "ask for a Role in {namespace} that allows {verb} on {resource}, or for roles/container.developer on project "
    "{project}",
)
"""The operator does not have a permission in the cluster."""

CLUSTER: tuple[Rule[GkeFacts], ...] = (
    Rule(
        _CLUSTER,
        r"^NOT_FOUND: Not found: ",
        "there is no cluster {cluster} in {location} of project {project}",
        "correct gke.cluster and gke.location in setup.yaml (for a zonal cluster, gke.location is the zone, not the "
        "region); {hint}",
    ),
    Rule(
        _CLUSTER,
        r"^PERMISSION_DENIED: ",
        "you do not have permission to see the clusters of project {project}, or the project does not exist",
        "check google.project, and ask for roles/container.clusterViewer on it",
    ),
    Rule(
        _CLUSTER,
        r"^PoolOff: ",
        "Workload Identity Federation for GKE is off: the cluster has no workload identity pool, so Google Cloud "
        "does not accept the cluster's tokens",
        "enable Workload Identity Federation with wif-wizard apply, or with: gcloud container clusters update "
        "{cluster} --location={location} --project={project} --workload-pool={project_pool}",
    ),
    Rule(
        _CLUSTER,
        r"^NotRunning: the cluster is (?P<status>\w+)",
        "the cluster is {status}, so no pod can start in it",
        "wait until the cluster is RUNNING, or repair the cluster, and test again",
    ),
    Rule(
        _NODE_POOLS,
        r"^NoSuchNodePool: (?P<names>.*)",
        "the setup names node pools that the cluster does not have: {names}",
        "correct gke.node_pools; this command lists the node pools: gcloud container node-pools list "
        "--cluster={cluster} --location={location} --project={project}",
    ),
    Rule(
        _NODE_POOLS,
        r"^NoNodePool: ",
        "the cluster has no node pool, so no pod can run in it",
        "create a node pool: gcloud container node-pools create default-pool --cluster={cluster} "
        "--location={location} --project={project} --workload-metadata=GKE_METADATA",
    ),
    Rule(
        _NODE_POOLS,
        r"^GceMetadata: (?P<names>.*)",
        "these node pools do not run the GKE metadata server (GCE_METADATA), so every pod on them acts as the nodes' "
        "service account: {names}",
        "change these node pools, which recreates the nodes, with wif-wizard apply, or with: {node_pool_fix}",
    ),
    Rule(
        _NODE_POOLS,
        r"^PlacedOff: (?P<what>.*)",
        "these pods run, or can run, on node pools without the GKE metadata server (GCE_METADATA), where they act as "
        "the nodes' service account: {what}",
        "add these node pools to gke.node_pools and run wif-wizard apply, which recreates the nodes; or keep the "
        'pods off these node pools with nodeSelector iam.gke.io/gke-metadata-server-enabled: "true" in the pod '
        "template",
    ),
)
"""Problems of the cluster and its node pools."""

ACCOUNT: tuple[Rule[GkeFacts], ...] = (
    Rule(
        _IN_CLUSTER,
        r"^Terminating: |because it is being terminated",
        "the namespace {namespace} is being deleted, so the cluster creates no objects in it",
        "wait until the namespace no longer exists and create it again, or find what blocks the deletion: kubectl "
        "--context={context} get namespace {namespace} -o yaml",
    ),
    Rule(
        _ACCOUNT,
        r'namespaces "',
        "there is no namespace {namespace} in cluster {cluster}",
        "correct workloads.namespace, or create the namespace with wif-wizard apply, or with: kubectl "
        "--context={context} create namespace {namespace}",
    ),
    Rule(
        _ACCOUNT,
        r'serviceaccounts? "[^"]*" not found',
        "there is no Kubernetes service account {ksa}, so the cluster creates no pods that name this account",
        "create the Kubernetes service account with wif-wizard apply, or with: kubectl --context={context} "
        "--namespace={namespace} create serviceaccount {ksa_name}",
    ),
    Rule(
        _ACCOUNT,
        r"^NotAnnotated: ",
        "{ksa} has no annotation that names {service_account}, so pods of {ksa} do not have the roles of "
        "{service_account}",
        "annotate {ksa} with wif-wizard apply, or with: kubectl --context={context} --namespace={namespace} annotate "
        "serviceaccount {ksa_name} --overwrite iam.gke.io/gcp-service-account={service_account}",
    ),
    Rule(
        _ACCOUNT,
        r"^OtherCluster: the token's issuer is (?P<issuer>[^,]*),",
        "the Kubernetes API that answered does not belong to {cluster}: the API issues tokens as {issuer}",
        "point the kubeconfig to the cluster: gcloud container clusters get-credentials {cluster} "
        "--location={location} --project={project}",
    ),
    Rule(
        _IN_CLUSTER,
        r"^UNREACHABLE: \S+ did not answer",
        "the control plane of {cluster} does not answer this machine, because the cluster's endpoint is private",
        "test from a machine in the cluster's network, or through a proxy or a bastion host in that network",
        when=lambda facts: facts.private_endpoint,
    ),
    Rule(
        _IN_CLUSTER,
        r"^UNREACHABLE: \S+ did not answer",
        "the control plane of {cluster} does not answer this machine",
        "check the network path from this machine to the control plane; {hint}",
    ),
    Rule(
        _IN_CLUSTER,
        r"^Unauthorized: |^NO_CREDENTIALS: |Unauthorized$",
        "the cluster does not accept your credentials",
        "sign in again: gcloud container clusters get-credentials {cluster} --location={location} --project={project}",
    ),
)
"""Problems of the namespace and the KSA."""

GRANTS: tuple[Rule[GkeFacts], ...] = (
    Rule(
        _EXCHANGE,
        r"^(invalid_target|invalid_grant|invalid_request|unauthorized_client): ",
        "the token service does not accept the cluster's token for the workload identity pool {pool}: the pool does "
        "not belong to this cluster, or is only minutes old",
        "a new pool needs a few minutes; compare the pool with the cluster's pool: gcloud container clusters "
        "describe {cluster} --location={location} --project={project} --format='value(workloadIdentityConfig)'",
    ),
    Rule(
        _IMPERSONATION,
        r"",
        "the annotation iam.gke.io/gcp-service-account of {ksa} does not name a Google service account: "
        "{annotation_problem}",
        "correct the annotation with wif-wizard apply",
        when=lambda facts: bool(facts.annotation_problem),
    ),
    Rule(
        _IMPERSONATION,
        r"Gaia id not found|IAM returned 404",
        "the annotation of {ksa} names {service_account}, which does not exist: the name is misspelled, or someone "
        "deleted or created the account moments ago",
        "correct google_service_account in the setup if the name is misspelled, then run wif-wizard apply, which "
        "creates the service account and corrects the annotation iam.gke.io/gcp-service-account",
    ),
    Rule(
        _IMPERSONATION,
        _DENIED,
        "a leftover annotation makes {ksa} act as {service_account}, but {ksa} does not have permission to "
        "impersonate this account; setup.yaml specifies direct access",
        "remove the annotation with wif-wizard apply, or with: kubectl --context={context} --namespace={namespace} "
        "annotate serviceaccount {ksa_name} iam.gke.io/gcp-service-account-",
        when=lambda facts: facts.leftover_annotation,
    ),
    Rule(
        _IMPERSONATION,
        _DENIED,
        "the annotation of {ksa} names {service_account}, but {ksa} does not have permission to impersonate this "
        "account; setup.yaml specifies {wanted_access}",
        "correct the annotation with wif-wizard apply",
        when=lambda facts: facts.other_annotation,
    ),
    *impersonation_rules(_IMPERSONATION, _DENIED),
    *Rule[GkeFacts].by_grant(
        _GRANTED,
        _NO_GRANT,
        "the grant names the project by its ID instead of its number: {near_member}",
        _GRANT,
        when=lambda facts: facts.near_project_id,
    ),
    *Rule[GkeFacts].by_grant(
        _GRANTED,
        _NO_GRANT,
        "the grant names the number of another project: {near_member}",
        _GRANT,
        when=lambda facts: facts.near_part == "project",
    ),
    *Rule[GkeFacts].by_grant(
        _GRANTED,
        _NO_GRANT,
        "the binding names another namespace: {near_member}",
        _GRANT,
        when=lambda facts: facts.near_part == "namespace",
    ),
    *Rule[GkeFacts].by_grant(
        _GRANTED,
        _NO_GRANT,
        "the binding names another Kubernetes service account: {near_member}",
        _GRANT,
        when=lambda facts: facts.near_part == "account",
    ),
    *Rule[GkeFacts].by_grant(
        _GRANTED,
        _NO_GRANT,
        "the binding names another workload identity pool: {near_member}",
        _GRANT,
        when=lambda facts: facts.near_part == "pool",
    ),
    *Rule[GkeFacts].by_grant(
        _IMPERSONATION,
        _DENIED,
        "no principal has roles/iam.workloadIdentityUser on {service_account}, so {ksa} does not have permission to "
        "impersonate this account",
        _GRANT,
        when=lambda facts: facts.nobody_bound,
    ),
    Rule(
        _IMPERSONATION,
        _DENIED,
        "the grant on {service_account} names {ksa}, but is not effective yet",
        "test again in a few minutes; if the test still fails, look for a condition on the binding or a deny policy",
        when=lambda facts: facts.bound,
    ),
    *Rule[GkeFacts].by_grant(
        _IMPERSONATION,
        _DENIED,
        "{ksa} does not have permission to impersonate {service_account}: {ksa} does not have "
        "roles/iam.workloadIdentityUser, or the grant is only minutes old",
        _GRANT,
    ),
)
"""Refusals by the token service and by IAM."""

OWN_KEY: Rule[GkeFacts] = Rule(
    (hops.OWN_KEY,),
    r"^OwnKey: (?P<what>.*)",
    "the workload does not use federation, because the pods have a service account key: {what}",
    "{remove}; when the pods run without the service account key, delete the Secret and the key",
)
"""The workload's pods carry a key."""

POD: tuple[Rule[GkeFacts], ...] = (
    Rule(
        _POD,
        r"^NetworkPolicy: (?P<what>.*)",
        "a NetworkPolicy blocks pods from the metadata server: {what}",
        "allow egress to {metadata_address} over TCP in the policy (169.254.169.252/32 port 988; with Dataplane V2 "
        "169.254.169.254/32 port 80)",
    ),
    Rule(
        _POD,
        r"^HostNetwork: (?P<what>.*)",
        "these pods use their host's network (hostNetwork: true), so they act as the node's service account, not as "
        "{ksa}: {what}",
        "remove hostNetwork: true; a pod that needs its host's network needs another source of credentials",
    ),
    Rule(
        _POD,
        r"^OtherIdentity: .*identifies the pod as (?P<email>\S+\.svc\.id\.goog), not as (?P<other>\S+@\S+)",
        "the metadata server does not know the annotation yet: the pod uses its own identity ({email}), not {other}",
        "an annotation takes effect within a minute; test again, and check the annotation of {ksa}",
    ),
    Rule(
        _POD,
        r"^OtherIdentity: .*identifies the pod as (?P<email>\S+),",
        "the pod acts as {email}, its node's service account, and not as {ksa}: the node pool's metadata mode is "
        "GCE_METADATA, or the pod uses the host's network",
        "set the node pool's metadata mode to GKE_METADATA, and hostNetwork to false",
    ),
    Rule(
        _POD,
        r"^NoMetadataServer: ",
        "the metadata server was not ready after {metadata_wait} s, and no NetworkPolicy explains the delay",
        "check the DaemonSet gke-metadata-server in kube-system (restarts; memory: more than 3000 KSAs are too many) "
        "and other firewalls; let the application retry, or let an initContainer wait for the metadata server",
    ),
    Rule(
        _POD,
        r"^(HTTP \d+: .*concealed|NotMetadata: )",
        "the server at the metadata server's address is not the GKE metadata server",
        "set the node pool's metadata mode to GKE_METADATA, and remove proxies in front of the metadata server",
    ),
    Rule(
        _POD,
        r"^ImagePull: (?P<what>.*)",
        "the node cannot pull the image {image}: {what}",
        "set probe.image to an image that the nodes can pull, with Python 3.8 or later; nodes without internet "
        "access need an image in Artifact Registry",
    ),
    Rule(
        _POD,
        r"^NotStarted: (?P<what>.*)",
        "the container does not start: {what}",
        "set probe.image to an image that has python3, version 3.8 or later, in its PATH",
    ),
    Rule(
        _POD,
        r"^Unschedulable: (?P<what>.*(node affinity/selector|node selector).*)",
        "no node with the GKE metadata server can run the pod, so the cluster did not schedule the pod: {what}",
        "set a node pool's metadata mode to GKE_METADATA (the nodes then have the label "
        "iam.gke.io/gke-metadata-server-enabled), or add nodes to such a node pool",
    ),
    Rule(
        _POD,
        r"^Unschedulable: (?P<what>.*)",
        "the cluster did not schedule the pod: {what}",
        "add a node with enough free CPU and memory for the pod (100m CPU, 128Mi memory), without taints that the pod "
        "does not tolerate",
    ),
    Rule(
        _POD,
        r"^(Ended|Gone|Late|Silent): (?P<what>.*)",
        "the one-off pod ended before the test finished: {what}",
        "test again; if the pod ends early again, look at the events: kubectl --context={context} "
        "--namespace={namespace} get events",
    ),
    Rule(
        _POD,
        r"^PodLeft: ",
        "the wizard could not remove the one-off pod",
        "remove the one-off pod: kubectl --context={context} --namespace={namespace} delete job "
        "--selector=wif-wizard/probe=true",
    ),
)
"""Problems of the one-off pod and of the workload's own pods."""

PERIMETER: Rule[GkeFacts] = Rule(
    (),
    r"vpcServiceControlsUniqueIdentifier",
    "a VPC Service Controls perimeter blocks the call, and the perimeter's rules cannot name identities of GKE's own "
    "pools",
    "call the target through a service account, and name that account in an ingress rule of the perimeter",
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
