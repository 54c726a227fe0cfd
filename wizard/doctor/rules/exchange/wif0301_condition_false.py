"""The provider's attribute condition rejects the workload.

Google's token service verified the AWS credentials or the token, mapped them to attributes, and evaluated the
attribute condition of the provider. The condition was false for this workload. Usual reasons: the condition names
another role or another account; it compares with the ARN of the role (arn:aws:iam::...:role/NAME), although AWS
reports the ARN of the session (arn:aws:sts::...:assumed-role/NAME/SESSION); or the case of a letter differs.

To see the condition, run:

    gcloud iam workload-identity-pools providers describe PROVIDER --workload-identity-pool=POOL --location=global

Fix: add this workload to the condition with wif-wizard apply. The wizard keeps the identities that the condition
admits now.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the provider's attribute condition, and compare it with the ARN that AWS reports for the workload."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"The given credential is rejected by the attribute condition",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
)
DRIFTS = (Drift(kind="workload identity pool provider", key="condition"),)
