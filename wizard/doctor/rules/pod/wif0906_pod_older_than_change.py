"""The pod is older than the change to its Kubernetes service account or its node pool.

A pod keeps the Kubernetes service account and the environment variables with which the pod started. A program in the
pod can also keep an old token until the token expires.

To see the age of the pods, run:

    kubectl --namespace=NAMESPACE get pods

Fix: restart the pods: kubectl --namespace=NAMESPACE rollout restart deployment NAME
"""

from wizard.doctor.rules import questions

LOOK_AT = "Compare the start time of the pod with the time of the change."
ASK = questions.POD
