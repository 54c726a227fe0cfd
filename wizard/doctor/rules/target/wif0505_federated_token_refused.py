"""The product does not accept federated tokens.

Some products, and some features of other products, accept only tokens of users and service accounts. For a federated
token, these products return the HTTP status code 401, as for a token that is not valid.

To see these products, read the page "Identity federation: products and limitations" in the Google Cloud documentation.

Fix: call the product through a service account: set access.via to service-account in the setup, then run wif-wizard
apply.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Check whether the program calls the product directly or through a service account."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"Request had invalid authentication credentials\. Expected OAuth 2 access token",
        side="Google Cloud",
        hop="permission",
        weight=2,
    ),
)
