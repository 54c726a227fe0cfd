"""The hops from a workload on GKE to Google Cloud, in their order."""

from wizard.chain.hop import EXCHANGE, IMPERSONATION, NETWORK, PERMISSION, Hop

CLUSTER = Hop("cluster", "Cluster")
NODE_POOLS = Hop("node-pools", "Node pools")
KSA_TOKEN = Hop("ksa-token", "Kubernetes service account's token")
OWN_KEY = Hop("own-key", "Keys in the workload's pods")
"""Whether the workload's pods carry a service account key, with which federation is not used."""
POD = Hop("pod", "Pod with the Kubernetes service account", ends_test=True)

FROM_HERE = (EXCHANGE, IMPERSONATION, PERMISSION)
"""The hops that the probe runs on this machine, with a token for the Kubernetes service account."""

HOPS = (CLUSTER, NODE_POOLS, KSA_TOKEN, *FROM_HERE, OWN_KEY, POD)

METADATA_SERVER = Hop("metadata-server", "GKE metadata server")
TOKEN = Hop("token", "Token from the metadata server")

IN_POD = (METADATA_SERVER, TOKEN, NETWORK, PERMISSION)
"""The hops that the probe runs in the one-off pod. Together they are the hop POD."""
