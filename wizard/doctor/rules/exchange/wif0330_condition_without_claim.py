"""The provider needs an attribute condition that names a claim.

Some OIDC issuers, such as GitHub's issuer, issue tokens to everyone. Google Cloud rejects a provider for such an
issuer if no attribute condition uses a claim of the token.

To confirm this cause, look at the issuer of the provider.

Fix: add an attribute condition on a claim that identifies your workload, such as the repository or the subject.
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
