"""The table of reasons on GKE: which words, under which known facts, mean what, and what to do about it."""

from wizard.chain.hop import EXCHANGE, IMPERSONATION, PERMISSION
from wizard.chain.reasons_shared import EVERYWHERE, target_rules
from wizard.chain.rule import Rule
from wizard.modes.gke.live import hops
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
_NO_GRANT = rf"^MISSING: |{_DENIED}"

_FLAGS = "--location={location} --project={project}"
_BIND = (
    "gcloud iam service-accounts add-iam-policy-binding {service_account} --role=roles/iam.workloadIdentityUser "
    "--member='{iam_member}'"
)
_REMOVE_ANNOTATION = (
    "kubectl annotate serviceaccount {ksa_name} --namespace={namespace} iam.gke.io/gcp-service-account-"
)

RBAC: Rule[GkeFacts] = Rule(
    _IN_CLUSTER,
    r'cannot (?P<verb>\w+) resource "(?P<resource>[\w/]+)"',
    "you may not {verb} {resource} in namespace {namespace}, which the test needs",
    "have a Role in {namespace} bound to you that allows {verb} on {resource}, or hold roles/container.developer on "
    "{project}",
)
"""Kubernetes does not let the operator do what the test needs."""

CLUSTER: tuple[Rule[GkeFacts], ...] = (
    Rule(
        _CLUSTER,
        r"^NOT_FOUND: Not found: ",
        "there is no cluster {cluster} in {location} of project {project}",
        "correct gke.cluster and gke.location (a zone is not its region); {hint}",
    ),
    Rule(
        _CLUSTER,
        r"^PERMISSION_DENIED: ",
        "you may not see clusters of project {project}, or there is no such project",
        "check google.project, and ask for roles/container.clusterViewer on it",
    ),
    Rule(
        _CLUSTER,
        r"^PoolOff: ",
        "Workload Identity Federation for GKE is off: the cluster has no workload identity pool, so its tokens are "
        "worth nothing to Google",
        "wif-wizard apply switches it on, or: gcloud container clusters update {cluster} "
        f"{_FLAGS} --workload-pool={{project_pool}}",
    ),
    Rule(
        _CLUSTER,
        r"^NotRunning: the cluster is (?P<status>\w+)",
        "the cluster is {status}: no pod can be started in it",
        "wait until it is RUNNING, or mend it, and test again",
    ),
    Rule(
        _NODE_POOLS,
        r"^NoSuchNodePool: (?P<names>.*)",
        "the setup names node pools that the cluster does not have: {names}",
        f"correct gke.node_pools: gcloud container node-pools list --cluster={{cluster}} {_FLAGS}",
    ),
    Rule(
        _NODE_POOLS,
        r"^GceMetadata: (?P<names>.*)",
        "these node pools do not run the GKE metadata server (GCE_METADATA), so every pod on them acts as the nodes' "
        "service account: {names}",
        "wif-wizard apply changes them, or, for each: gcloud container node-pools update NAME --cluster={cluster} "
        f"{_FLAGS} --workload-metadata=GKE_METADATA; this recreates their nodes",
    ),
)
"""The Container API's word on the cluster."""

ACCOUNT: tuple[Rule[GkeFacts], ...] = (
    Rule(
        _IN_CLUSTER,
        r"^Terminating: |because it is being terminated",
        "the namespace {namespace} is being deleted: nothing new can be made in it",
        "wait until it is gone and create it anew, or find what holds it up: kubectl get namespace {namespace} -o yaml",
    ),
    Rule(
        _ACCOUNT,
        r'namespaces "',
        "there is no namespace {namespace} in cluster {cluster}",
        "correct workloads.namespace, or create it: kubectl create namespace {namespace}",
    ),
    Rule(
        _ACCOUNT,
        r'serviceaccounts? "[^"]*" not found',
        "there is no Kubernetes service account {ksa}: pods that name it are not created at all",
        "wif-wizard apply creates it, or: kubectl create serviceaccount {ksa_name} --namespace={namespace}",
    ),
    Rule(
        _ACCOUNT,
        r"^NotAnnotated: ",
        "{ksa} does not say that it acts as {service_account}: its pods act as themselves, and have none of its roles",
        "annotate it: kubectl annotate serviceaccount {ksa_name} --namespace={namespace} "
        "iam.gke.io/gcp-service-account={service_account}",
    ),
    Rule(
        _ACCOUNT,
        r"^OtherCluster: the token's issuer is (?P<issuer>[^,]*),",
        "the Kubernetes API that answered is not that of {cluster}: it issues tokens as {issuer}",
        f"let the kubeconfig lead to the cluster: gcloud container clusters get-credentials {{cluster}} {_FLAGS}",
    ),
    Rule(
        _IN_CLUSTER,
        r"^UNREACHABLE: \S+ gives no answer",
        "the control plane of {cluster} does not answer from here: its endpoint is private",
        "test from a machine in the cluster's network, or through a proxy or a bastion host in it",
        when=lambda facts: facts.private_endpoint,
    ),
    Rule(
        _IN_CLUSTER,
        r"^UNREACHABLE: \S+ gives no answer",
        "the control plane of {cluster} does not answer from here",
        "check the network way to it; {hint}",
    ),
    Rule(
        _IN_CLUSTER,
        r"^Unauthorized: |^NO_CREDENTIALS: |Unauthorized$",
        "the cluster does not know who you are",
        f"sign in anew: gcloud container clusters get-credentials {{cluster}} {_FLAGS}",
    ),
)
"""Kubernetes's word on the namespace and the KSA."""

GRANTS: tuple[Rule[GkeFacts], ...] = (
    Rule(
        _EXCHANGE,
        r"^(invalid_target|invalid_grant|invalid_request|unauthorized_client): ",
        "the token service does not take the cluster's token for the pool {pool}: it is no pool of this cluster (yet)",
        "compare with: gcloud container clusters describe {cluster} "
        f"{_FLAGS} --format='value(workloadIdentityConfig)'; a pool that is new needs some minutes",
    ),
    Rule(
        _IMPERSONATION,
        r"Gaia id not found|IAM returned 404",
        "{ksa} is annotated to act as {service_account}, which does not exist: misspelt, deleted, or made a moment ago",
        "correct the annotation iam.gke.io/gcp-service-account, or create the service account",
    ),
    Rule(
        _IMPERSONATION,
        _DENIED,
        "a leftover annotation makes {ksa} act as {service_account}, which it may not; the setup wants direct access",
        f"remove it: {_REMOVE_ANNOTATION}",
        when=lambda facts: facts.leftover_annotation,
    ),
    Rule(
        _IMPERSONATION,
        _DENIED,
        "{ksa} is annotated to act as {service_account}, which it may not; the setup wants {wanted_access}",
        "wif-wizard apply corrects the annotation",
        when=lambda facts: facts.other_annotation,
    ),
    Rule(
        _GRANTED,
        _NO_GRANT,
        "the grant names the project by its id where the number belongs: {near_member}",
        "grant it to {grantee}, and take the wrong one away",
        when=lambda facts: facts.near_project_id,
    ),
    Rule(
        _GRANTED,
        _NO_GRANT,
        "the grant names another project by its number: {near_member}",
        "grant it to {grantee}, and take the wrong one away",
        when=lambda facts: facts.near_part == "project",
    ),
    Rule(
        _GRANTED,
        _NO_GRANT,
        "the binding names another namespace: {near_member}",
        "the workload is {ksa}: grant it to {grantee}, and take the wrong one away",
        when=lambda facts: facts.near_part == "namespace",
    ),
    Rule(
        _GRANTED,
        _NO_GRANT,
        "the binding names another Kubernetes service account: {near_member}",
        "the workload is {ksa}: grant it to {grantee}, and take the wrong one away if nobody uses it",
        when=lambda facts: facts.near_part == "account",
    ),
    Rule(
        _GRANTED,
        _NO_GRANT,
        "the binding names another workload identity pool: {near_member}",
        "the cluster's pool is {pool}: grant it to {grantee}",
        when=lambda facts: facts.near_part == "pool",
    ),
    Rule(
        _IMPERSONATION,
        _DENIED,
        "nobody holds roles/iam.workloadIdentityUser on {service_account}: {ksa} may not act as it",
        f"grant it: {_BIND}",
        when=lambda facts: facts.nobody_bound,
    ),
    Rule(
        _IMPERSONATION,
        _DENIED,
        "the binding on {service_account} is stored and names {ksa}, but is not enforced (yet)",
        "test again in some minutes; if it stays so, look for a condition on the binding or a deny policy",
        when=lambda facts: facts.bound,
    ),
    Rule(
        _IMPERSONATION,
        _DENIED,
        "{ksa} may not act as {service_account}: no roles/iam.workloadIdentityUser for it, or one that is minutes old",
        f"grant it: {_BIND}",
    ),
)
"""The token service's and IAM's word."""

POD: tuple[Rule[GkeFacts], ...] = (
    Rule(
        _POD,
        r"^NetworkPolicy: (?P<what>.*)",
        "a NetworkPolicy keeps pods from the metadata server: {what}",
        "allow egress to {metadata_address} over TCP in it (169.254.169.252/32 port 988; with Dataplane V2 "
        "169.254.169.254/32 port 80)",
    ),
    Rule(
        _POD,
        r"^HostNetwork: (?P<what>.*)",
        "these pods are in their host's network (hostNetwork: true), so they act as the node's service account, not as "
        "{ksa}: {what}",
        "remove hostNetwork: true; what needs the host's network needs another way to its credentials",
    ),
    Rule(
        _POD,
        r"^OtherIdentity: .*takes the pod for (?P<email>\S+\.svc\.id\.goog), not for (?P<other>\S+@\S+)",
        "the metadata server does not know of the annotation: the pod acts as itself ({email}), not as {other}",
        "annotations are seen within a minute; test again, and look at the annotation of {ksa}",
    ),
    Rule(
        _POD,
        r"^OtherIdentity: .*takes the pod for (?P<email>\S+),",
        "the pod acts as {email}, not as {ksa}: that is its node's service account; the node pool is on GCE_METADATA, "
        "or the pod is in the host's network",
        "set the node pool's metadata mode to GKE_METADATA, and hostNetwork to false",
    ),
    Rule(
        _POD,
        r"^NoMetadataServer: ",
        "the metadata server did not get ready in {metadata_wait} s, and no NetworkPolicy explains it",
        "look at the DaemonSet gke-metadata-server in kube-system (restarts, memory: more than 3000 KSAs are too many "
        "for it) and at other firewalls; an application should retry, or an initContainer wait for it",
    ),
    Rule(
        _POD,
        r"^(HTTP \d+: .*concealed|NotMetadata: )",
        "what answers in the metadata server's place is not the GKE metadata server",
        "set the node pool's metadata mode to GKE_METADATA, and remove proxies of the metadata server",
    ),
    Rule(
        _POD,
        r"^ImagePull: (?P<what>.*)",
        "the image {image} cannot be pulled: {what}",
        "set probe.image to one that the nodes can pull, with Python 3.8 or newer; nodes without a way to the internet "
        "need one in Artifact Registry",
    ),
    Rule(
        _POD,
        r"^NotStarted: (?P<what>.*)",
        "the container does not start: {what}",
        "set probe.image to one that has python3, 3.8 or newer, in its PATH",
    ),
    Rule(
        _POD,
        r"^Unschedulable: (?P<what>.*(node affinity/selector|node selector).*)",
        "no node runs the GKE metadata server and has room, so the pod was never scheduled: {what}",
        "set a node pool's metadata mode to GKE_METADATA (its nodes then have the label "
        "iam.gke.io/gke-metadata-server-enabled), or add nodes to it",
    ),
    Rule(
        _POD,
        r"^Unschedulable: (?P<what>.*)",
        "the pod was never scheduled: {what}",
        "give the cluster a node with room for it (100m CPU, 128Mi memory), without taints that it does not tolerate",
    ),
    Rule(
        _POD,
        r"violates PodSecurity|admission webhook|denied the request",
        "the cluster's admission control does not let the one-off pod in",
        "its words name the rule; set probe.image to one that your policy admits, or test with --from here",
    ),
    Rule(
        _POD,
        r"exceeded quota|failed quota",
        "the namespace's quota has no room for the one-off pod (100m CPU, 128Mi memory)",
        "raise the quota of {namespace}, or test when less is running",
    ),
    Rule(
        _POD,
        r"^(Ended|Gone|Late|Silent): (?P<what>.*)",
        "the one-off pod ended before it had done its work: {what}",
        "test again; if it goes on, look at the events: kubectl get events --namespace={namespace}",
    ),
    Rule(
        _POD,
        r"^PodLeft: ",
        "the one-off pod could not be removed",
        "remove it: kubectl delete pod --namespace={namespace} --selector=app.kubernetes.io/name=wif-wizard-probe",
    ),
)
"""What may happen to a pod."""

PERIMETER: Rule[GkeFacts] = Rule(
    (),
    r"vpcServiceControlsUniqueIdentifier",
    "a VPC Service Controls perimeter keeps the call out; its rules do not know identities of GKE's own pools",
    "reach it through a service account, and let the perimeter's ingress rule name that",
)

RULES: tuple[Rule[GkeFacts], ...] = (
    PERIMETER,
    RBAC,
    *CLUSTER,
    *ACCOUNT,
    *POD,
    *GRANTS,
    *EVERYWHERE,
    *target_rules((PERMISSION, hops.POD)),
)
"""From the particular to the general: the first row that fits is taken."""
