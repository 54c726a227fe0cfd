"""Pods of other clusters have the same identity as the workload.

All clusters of a project share the workload identity pool PROJECT.svc.id.goog. Kubernetes service accounts with the
same namespace and name in different clusters of the project are the same member, and have the same roles.

To see the clusters, run:

    gcloud container clusters list --project=PROJECT

Fix: use different names for namespaces or Kubernetes service accounts that need different roles. Alternatively, move
untrusted clusters to a different project, or grant roles to the IAM member that identifies the workload's cluster
(.../kubernetes.cluster/URL).
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look for other clusters of the project that have the same namespace and Kubernetes service account."
ASK = questions.KSA
SEVERITY = "risk"
