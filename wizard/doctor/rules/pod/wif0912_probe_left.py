"""The wizard could not remove the one-off pod.

The operator lost the permission or the connection before the end of the test. The pod does nothing, and its Job has a
deadline.

To confirm this cause, run:

    kubectl get jobs --all-namespaces --selector=wif-wizard/probe=true

Fix: remove it: kubectl --namespace=NAMESPACE delete job --selector=wif-wizard/probe=true
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look for Jobs with the label wif-wizard/probe=true."
ASK = questions.POD
SEVERITY = "note"
