"""Google's token service cannot verify the token with the keys of the token's issuer.

The token service reads the issuer's keys from the issuer's URL (claim "iss") or from an uploaded key set. The token
service cannot reach the issuer over the internet, the issuer's keys are not valid, or the uploaded key set is outdated.
Another possible cause is a token from an issuer other than the provider's issuer.

To confirm this cause, open ISSUER/.well-known/openid-configuration from outside your network.

Fix: correct the issuer of the provider, publish the issuer's keys, or upload the current key set to the provider.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = 'Compare the issuer of the provider with the claim "iss" of the token.'
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"Error connecting to the given credential's issuer",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
)
