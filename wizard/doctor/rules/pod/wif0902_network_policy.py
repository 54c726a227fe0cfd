"""A NetworkPolicy blocks the pods' access to the metadata server.

Egress to the metadata server must be allowed: 169.254.169.252/32 TCP port 988, and with Dataplane V2
169.254.169.254/32 TCP port 80. A policy that selects the pod and lists other egress only blocks it. Policies of Cilium
count too, and with them toEntities: [host] does not match the address; toCIDR does.

To see the policies, run:

    kubectl --namespace=NAMESPACE get networkpolicies

Fix: allow egress to these addresses over TCP in the policy that selects the pods.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the NetworkPolicies that select the pod."
ASK = questions.POD
