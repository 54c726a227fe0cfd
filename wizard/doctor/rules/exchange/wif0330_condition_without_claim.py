"""The provider needs an attribute condition that names a claim.

Some OIDC issuers, such as the one of GitHub, issue tokens for everyone. Google Cloud refuses a provider for such an
issuer without a condition on one of its claims.

To confirm this cause, look at the issuer of the provider.

Fix: add a condition on a claim that only your workload has, such as its repository or its subject.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the issuer and the attribute condition in the command or in the Terraform configuration."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"The attribute condition must reference one of the provider's claims",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
)
