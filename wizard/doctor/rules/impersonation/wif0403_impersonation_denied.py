"""The workload does not have permission to impersonate the service account.

IAM denied the permission iam.serviceAccounts.getAccessToken. The workload does not have roles/iam.workloadIdentityUser
on the service account, or the member in the grant is wrong. For a role on AWS, a common mistake is
arn:aws:iam::...:role/ROLE instead of arn:aws:sts::...:assumed-role/ROLE. Other common mistakes are a wrong namespace, a
wrong Kubernetes service account, a wrong pool, or the project ID instead of the project number. A recent grant can take
a few minutes to become effective. On GKE, the annotation of the Kubernetes service account sets the Google service
account that the pod impersonates.

To see the grants, run:

    gcloud iam service-accounts get-iam-policy EMAIL

If the policy already grants the role, and the grant is older than 10 minutes, look for a deny policy, a principal
access boundary policy, or a condition on the binding.

Fix: use wif-wizard apply to grant the workload the role roles/iam.workloadIdentityUser on the service account.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
MESSAGES = (
    Message(
        pattern=r"""IAM returned 403 Forbidden(: The caller does not have permission|: Permission ['\"]?"""
        r"""(?P<permission>iam\.serviceAccounts\.getAccessToken)['\"]? denied)?""",
        side="Google Cloud",
        hop="token",
        weight=4,
    ),
    Message(
        pattern=r"Unable to acquire impersonated credentials.{0,400}?"
        r"(?P<permission>iam\.serviceAccounts\.getAccessToken)",
        side="Google Cloud",
        hop="impersonation",
        weight=4,
    ),
    Message(
        pattern=r"serviceAccounts/(?P<account>[\w.+-]{1,64}@[\w.-]{1,128}\.gserviceaccount\.com):generate"
        r"AccessToken.{0,600}?(?P<permission>iam\.serviceAccounts\.getAccessToken)",
        side="Google Cloud",
        hop="impersonation",
        weight=4,
    ),
    Message(
        pattern=r"(?P<permission>iam\.serviceAccounts\.getAccessToken)\W{0,3} (permission )?denied",
        side="Google Cloud",
        hop="impersonation",
        weight=3,
    ),
    Message(
        pattern=r"(Unable to acquire impersonated credentials|:generateAccessToken).{0,400}?The caller "
        r"does not have permission",
        side="Google Cloud",
        hop="impersonation",
        weight=3,
    ),
    Message(
        pattern=r"missing IAM policy binding on the target IAM service account",
        side="Google Cloud",
        hop="token",
        weight=3,
    ),
    Message(
        pattern=r"A Forbidden error was returned while attempting to retrieve an access ?token for the Compute "
        r"Engine built-in service account",
        side="the program's auth library",
        hop="token",
        weight=2,
    ),
)
DRIFTS = (Drift(kind="roles on the service account"),)
