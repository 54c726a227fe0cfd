"""An organization policy does not allow the issuer of the provider.

The constraint constraints/iam.workloadIdentityPoolProviders lists the issuers that providers can have. In this list,
the issuer of AWS is https://sts.amazonaws.com.

To see the list, run:

    gcloud org-policies describe iam.workloadIdentityPoolProviders --project=PROJECT --effective

Fix: ask an administrator of organization policies to allow the issuer for the project. For AWS, the issuer is
https://sts.amazonaws.com.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the organization policy iam.workloadIdentityPoolProviders of the project."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"constraints/iam\.workloadIdentityPoolProviders",
        side="Google Cloud",
        hop="exchange",
        weight=4,
    ),
)
