"""The provider's attribute condition rejects the workload.

Google's token service verified the AWS credentials or the token, computed the mapped attributes, and evaluated the
attribute condition of the provider. The condition was false for this workload. A common cause is that the condition
names a different role or account, or a name that differs only in letter case. Another common cause is that the
condition contains the ARN of the role (arn:aws:iam::...:role/NAME), although AWS returns the ARN of the session
(arn:aws:sts::...:assumed-role/NAME/SESSION).

To see the condition, run:

    gcloud iam workload-identity-pools providers describe PROVIDER --workload-identity-pool=POOL --location=global

Fix: add this workload to the condition with wif-wizard apply. Identities that the condition already allows keep their
access.
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
