"""The hops from a pod on EKS to Google Cloud, in their order."""

from wizard.chain.hop import EXCHANGE, IMPERSONATION, NETWORK, PERMISSION, Hop
from wizard.modes.aws.live.hops import APPLICATION, CONFIG, PRINCIPAL

SUBJECT_TOKEN = Hop("subject-token", "The pod's token")

PROBED = (CONFIG, SUBJECT_TOKEN, PRINCIPAL, EXCHANGE, IMPERSONATION, PERMISSION)
"""The hops that the probe runs here. The predicted principal is computed between two of them."""

PROBED_INSIDE = (*PROBED[:2], NETWORK, *PROBED[2:])
"""The hops that the probe runs in a pod."""

PROBED_IN_POD = (*PROBED_INSIDE, APPLICATION)
"""The hops that the probe runs in a pod where the wizard itself does not run."""

HOPS = (*PROBED, APPLICATION)
"""The live test of a pod on EKS, run here."""
