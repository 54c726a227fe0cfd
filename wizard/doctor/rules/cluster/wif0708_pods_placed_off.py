"""Pods of the workload run on nodes without the GKE metadata server.

The cluster has node pools with and without the GKE metadata server, and the pods of the workload can run on both kinds
of node pools. For this reason, some pods of the workload get access, and other pods do not.

To see the nodes of the pods, run:

    kubectl --namespace=NAMESPACE get pods -o wide

Fix: add the node pools that do not run the GKE metadata server to gke.node_pools in the setup, then run wif-wizard
apply, which recreates the nodes. Alternatively, add the nodeSelector iam.gke.io/gke-metadata-server-enabled: "true" to
the pod template.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the metadata mode of the node pools: workloadMetadataConfig.mode."
ASK = questions.KSA
