"""A NetworkPolicy blocks the pods' access to the metadata server.

The pods need egress to the metadata server: to 169.254.169.252/32 on TCP port 988 or, with Dataplane V2, to
169.254.169.254/32 on TCP port 80. If a NetworkPolicy selects the pods and allows only other egress, the policy blocks
the metadata server. A CiliumNetworkPolicy can also block the metadata server. In a CiliumNetworkPolicy, allow the
address with toCIDR, because toEntities: [host] does not match the address.

To see the NetworkPolicies, run:

    kubectl --namespace=NAMESPACE get networkpolicies

Fix: in the NetworkPolicy that selects the pods, allow egress over TCP to the metadata server's addresses.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the NetworkPolicies that select the pod."
ASK = questions.POD
