"""The AWS request is signed for a different region than the region of the endpoint.

A signature names a region, and each AWS endpoint accepts only signatures for its own region. The global endpoint
sts.amazonaws.com accepts signatures for us-east-1. This error occurs if regional_cred_verification_url in the
credential configuration contains a fixed region, or if AWS_REGION is not the region of the endpoint.

To confirm this cause, compare AWS_REGION with regional_cred_verification_url.

Fix: keep the placeholder {region} in regional_cred_verification_url, and set AWS_REGION to the region of the workload.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at AWS_REGION, and at regional_cred_verification_url in the credential configuration."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"""Credential should be scoped to a valid region(, not ['\"](?P<region>[^'\"]*)['\"])?""",
        side="AWS",
        hop="exchange",
        weight=4,
    ),
)
