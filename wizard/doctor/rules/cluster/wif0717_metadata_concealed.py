"""The server at the metadata address is not the GKE metadata server.

The metadata mode of the node is GCE_METADATA or SECURE (deprecated). Another possible cause is a proxy that answers
instead of the metadata server.

To confirm this cause, run this command in the pod:

    curl -si -H Metadata-Flavor:Google http://169.254.169.254/computeMetadata/v1/instance/service-accounts/

Fix: set the metadata mode of the node pool to GKE_METADATA with wif-wizard apply, and exclude 169.254.169.254 and
metadata.google.internal from the proxy (NO_PROXY).
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the metadata mode of the node pools: workloadMetadataConfig.mode."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"This metadata endpoint is concealed",
        side="Google Cloud",
        hop="metadata-server",
        weight=3,
    ),
)
