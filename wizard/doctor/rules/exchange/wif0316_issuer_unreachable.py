"""Google's token service cannot verify the token with the keys of its issuer.

The token service reads the keys of an OIDC issuer from the address in the token's claim "iss". The issuer is not
reachable from the internet, its keys are not valid, an uploaded key set is old, or the token is from a different
issuer than the provider's.

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
