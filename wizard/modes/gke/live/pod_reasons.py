"""The rules for pods: the workload's own, and the one-off pod of the live test."""

from wizard.chain.rule import Rule
from wizard.modes.gke.live import hops
from wizard.modes.gke.live.known import GkeFacts

_POD = (hops.POD,)

OWN_KEY: Rule[GkeFacts] = Rule(
    (hops.OWN_KEY,),
    r"^OwnKey: (?P<what>.*)",
    "the pods have a service account key, so the workload does not use federation: {what}",
    "remove the service account key from the pods: {remove}. When no pod uses the key, delete the key in Google Cloud, "
    "and delete the key from its Secret or ConfigMap",
    code="WIF0901",
)
"""The workload's pods carry a key."""

POD: tuple[Rule[GkeFacts], ...] = (
    Rule(
        _POD,
        r"^NetworkPolicy: (?P<what>.*)",
        "a NetworkPolicy blocks the pods' access to the metadata server: {what}",
        "in the policy, allow egress to {metadata_address} over TCP (169.254.169.252/32 port 988; with Dataplane V2: "
        "169.254.169.254/32 port 80)",
        code="WIF0902",
    ),
    Rule(
        _POD,
        r"^NetworkPolicyNames: (?P<what>.*)",
        "a NetworkPolicy blocks the pods' access to the cluster's DNS, so the pods cannot resolve the names of "
        "Google's hosts: {what}",
        "in the policy, allow egress to port 53 over UDP and TCP",
        code="WIF0603",
    ),
    Rule(
        _POD,
        r"^HostNetwork: (?P<what>.*)",
        "these pods use their host's network (hostNetwork: true), so they act as the node's service account, not as "
        "{ksa}: {what}",
        "remove hostNetwork: true; a pod that needs its host's network needs another source of credentials",
        code="WIF0903",
    ),
    Rule(
        _POD,
        r"^OtherIdentity: .*identifies the pod as (?P<email>\S+\.svc\.id\.goog), not as (?P<other>\S+@\S+)",
        "the metadata server does not know the annotation yet: the pod uses its own identity ({email}), not {other}",
        "an annotation takes effect within a minute; test again, and check the annotation of {ksa}",
        code="WIF0904",
    ),
    Rule(
        _POD,
        r"^OtherIdentity: .*identifies the pod as (?P<email>\S+),",
        "the pod acts as {email}, its node's service account, and not as {ksa}: the node pool's metadata mode is "
        "GCE_METADATA, or the pod uses the host's network",
        "set the node pool's metadata mode to GKE_METADATA, and hostNetwork to false",
        code="WIF0905",
    ),
    Rule(
        _POD,
        r"^NoMetadataServer: ",
        "the metadata server was not ready after {metadata_wait} s, and no NetworkPolicy explains the delay",
        "check the firewalls, and check the DaemonSet gke-metadata-server in kube-system for restarts and high "
        "memory usage. The DaemonSet supports up to 3000 Kubernetes service accounts. Let the application retry, or "
        "let an initContainer wait for the metadata server",
        code="WIF0715",
    ),
    Rule(
        _POD,
        r"^(HTTP \d+: .*concealed|NotMetadata: )",
        "the server at the metadata server's address is not the GKE metadata server",
        "set the node pool's metadata mode to GKE_METADATA, and remove proxies in front of the metadata server",
        code="WIF0717",
    ),
    Rule(
        _POD,
        r"^ImagePull: (?P<what>.*)",
        "the node cannot pull the image {image}: {what}",
        "set probe.image to an image that has Python 3.8 or newer and that the nodes can pull; nodes without "
        "internet access need an image in Artifact Registry",
        code="WIF0907",
    ),
    Rule(
        _POD,
        r"^NotStarted: (?P<what>.*)",
        "the container does not start: {what}",
        "set probe.image to an image that has python3, version 3.8 or newer, in its PATH",
        code="WIF0908",
    ),
    Rule(
        _POD,
        r"^Unschedulable: (?P<what>.*(node affinity/selector|node selector).*)",
        "no node with the GKE metadata server can run the pod, so the cluster did not schedule the pod: {what}",
        "set a node pool's metadata mode to GKE_METADATA (the nodes then have the label "
        "iam.gke.io/gke-metadata-server-enabled), or add nodes to such a node pool",
        code="WIF0909",
    ),
    Rule(
        _POD,
        r"^Unschedulable: (?P<what>.*)",
        "the cluster did not schedule the pod: {what}",
        "add a node that has enough free CPU and memory for the pod (100m CPU, 128Mi memory), and that has only "
        "taints that the pod tolerates",
        code="WIF0910",
    ),
    Rule(
        _POD,
        r"^(Ended|Gone|Late|Silent): (?P<what>.*)",
        "the one-off pod ended before the test finished: {what}",
        "test again; if the pod ends early again, look at the events: kubectl --context={context} "
        "--namespace={namespace} get events",
        code="WIF0911",
    ),
    Rule(
        _POD,
        r"^PodLeft: ",
        "the wizard could not remove the one-off pod",
        "remove the one-off pod: kubectl --context={context} --namespace={namespace} delete job "
        "--selector=wif-wizard/probe=true",
        code="WIF0912",
    ),
)
"""Problems of the one-off pod and of the workload's own pods."""
