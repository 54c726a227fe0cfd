"""The wizard could not remove the one-off pod.

The wizard lost the permission to delete the pod, or the connection to the cluster, before the end of the test. The
remaining pod has no effect on your workloads, and a deadline ends the Job of the pod.

To confirm this cause, run:

    kubectl get jobs --all-namespaces --selector=wif-wizard/probe=true

Fix: delete the Job: kubectl --namespace=NAMESPACE delete job --selector=wif-wizard/probe=true
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look for Jobs with the label wif-wizard/probe=true."
ASK = questions.POD
SEVERITY = "note"
