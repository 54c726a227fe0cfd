"""Pods of the workload run on nodes without the GKE metadata server.

The cluster has node pools of both kinds, and nothing keeps the pods of the workload on the right ones. The same
workload works in one pod, and not in another.

To see where the pods run, run:

    kubectl --namespace=NAMESPACE get pods -o wide

Fix: add these node pools to gke.node_pools and run wif-wizard apply, which recreates the nodes; or add the
nodeSelector iam.gke.io/gke-metadata-server-enabled: "true" to the pod template.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the metadata mode of the node pools: workloadMetadataConfig.mode."
ASK = questions.KSA
