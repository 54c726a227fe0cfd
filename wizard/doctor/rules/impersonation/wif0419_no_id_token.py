"""A federated identity cannot get an ID token directly.

Some services, such as Cloud Run and Identity-Aware Proxy, usually require an ID token. Google Cloud issues ID tokens
for service accounts, but not for members of a workload identity pool.

To confirm this cause, check whether the target accepts access tokens or only ID tokens.

Fix: impersonate a service account (access.via: service-account). On the service account, grant the workload the role
roles/iam.serviceAccountTokenCreator or roles/iam.serviceAccountOpenIdTokenCreator. Get the ID token with
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
