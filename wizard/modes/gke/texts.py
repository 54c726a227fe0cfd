"""Types for values with a rule of GKE or Kubernetes."""

from typing import Annotated

from wizard.modes.gke import rules
from wizard.setup.texts import checked, like

ClusterName = Annotated[str, checked(rules.cluster), like("payments", rules.GKE_NAME)]
NodePoolName = Annotated[str, checked(rules.node_pool), like("default-pool", rules.GKE_NAME)]
Location = Annotated[str, checked(rules.location), like("asia-northeast1", rules.GKE_LOCATION)]
Namespace = Annotated[str, checked(rules.namespace), like("anti-fraud", rules.DNS_LABEL)]
KubernetesServiceAccountName = Annotated[
    str, checked(rules.kubernetes_service_account), like("scorer", rules.DNS_SUBDOMAIN)
]
ControllerName = Annotated[str, checked(rules.controller), like("Deployment/scorer", rules.CONTROLLER)]
