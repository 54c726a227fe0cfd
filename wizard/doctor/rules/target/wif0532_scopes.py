"""The token does not have the OAuth scope that the API needs.

The program requested a token with different scopes, or without scopes. If a token without scopes is used to impersonate
a service account, IAM returns only "Request contains an invalid argument". On GKE, a token with few scopes is often the
token of the node. The node pool sets the scopes of this token.

To see the scopes of a token, send the token in the body of this request:

    curl -s https://oauth2.googleapis.com/tokeninfo -d access_token=TOKEN

Fix: request the scope https://www.googleapis.com/auth/cloud-platform in the program. On GKE, check that the pod does
not use the identity of its node.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look for the scopes that the program requests, and for credentials that the program passes to a client."
ASK = questions.WORKLOAD
MESSAGES = (
    Message(
        pattern=r"\bACCESS_TOKEN_SCOPE_INSUFFICIENT\b|Request had insufficient authentication scopes",
        side="Google Cloud",
        hop="permission",
        weight=2,
    ),
    Message(
        pattern=r"(Unable to acquire impersonated credentials|:generateAccessToken).{0,400}?Request contains "
        r"an invalid argument",
        side="Google Cloud",
        hop="impersonation",
        weight=3,
    ),
)
