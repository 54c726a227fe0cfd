"""A federated identity cannot get an ID token directly.

Cloud Run, Identity-Aware Proxy and others accept ID tokens only. Google Cloud issues them for service accounts, not
for members of a pool.

To confirm this cause, look at what the target accepts: an access token or an ID token.

Fix: impersonate a service account (access.via: service-account), grant the workload
roles/iam.serviceAccountTokenCreator or roles/iam.serviceAccountOpenIdTokenCreator on it, and get the ID token with
generateIdToken.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Find out which method the program uses to get an ID token."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"Cannot fetch ID token in this environment",
        side="the program's auth library",
        hop="impersonation",
        weight=2,
    ),
)
