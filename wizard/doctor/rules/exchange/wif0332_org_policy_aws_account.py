"""An organization policy does not allow the AWS account of the provider.

The constraint constraints/iam.workloadIdentityPoolAwsAccounts lists the AWS accounts that providers can have.

To see the list, run:

    gcloud org-policies describe iam.workloadIdentityPoolAwsAccounts --project=PROJECT --effective

Fix: ask an administrator of organization policies to allow the AWS account ID for the project.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the organization policy iam.workloadIdentityPoolAwsAccounts of the project."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"constraints/iam\.workloadIdentityPoolAwsAccounts",
        side="Google Cloud",
        hop="exchange",
        weight=4,
    ),
)
