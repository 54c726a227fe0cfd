"""The pod is older than the change of its service account or its node pool.

A pod keeps the service account and the environment with which it started. A program in it can also keep an old token
until it expires.

To see the age, run:

    kubectl --namespace=NAMESPACE get pods

Fix: restart the pods: kubectl --namespace=NAMESPACE rollout restart deployment NAME
"""

from wizard.doctor.rules import questions

LOOK_AT = "Compare the age of the pod with the time of the change."
ASK = questions.POD
