"""The token of the workload has an audience that the provider does not accept.

An OIDC token names its audience in the claim "aud". Without a list of allowed audiences, the provider accepts the full
resource name of the provider, with or without https: at the start. The projected volume of the pod, or the program that
gets the token, requests a different audience.

To confirm this cause, compare the audience in the error message with allowedAudiences of the provider.

Fix: in the projected volume of the pod, use an audience that the provider accepts. The Result page shows the volume.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Compare the audience in the error message with the audiences that the provider accepts."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"The audience in ID Token \[(?P<audience>[^\]]*)\] does not match the expected audience",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
)
DRIFTS = (Drift(kind="workload identity pool provider", key="audiences"),)
