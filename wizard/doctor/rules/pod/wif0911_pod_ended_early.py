"""The one-off pod ended before the test finished.

A user or a controller deleted the pod, the cluster removed the node, or the container stopped without output.

To confirm this cause, run:

    kubectl --namespace=NAMESPACE get events

Fix: test again. If the pod ends early again, look at the events, or print the probe script and run it in a running pod.
To print the script, run: wif-wizard probe
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the events of the namespace: kubectl --namespace=NAMESPACE get events"
ASK = questions.POD
