"""The pod acts as the service account of its node.

The pod uses the metadata server of Compute Engine, because the metadata mode of the node pool is GCE_METADATA, or
because the pod uses the network of its node.

To confirm this cause, run this command in the pod:

    curl -s -H Metadata-Flavor:Google \\
      http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/email

Fix: set the metadata mode of the node pool to GKE_METADATA with wif-wizard apply, and remove hostNetwork: true from
the pod template.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the metadata mode of the node pool, and at hostNetwork in the pod."
ASK = questions.POD
