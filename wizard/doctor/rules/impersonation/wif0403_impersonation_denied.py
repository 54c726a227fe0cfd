"""The workload does not have permission to impersonate the service account.

IAM refused iam.serviceAccounts.getAccessToken. Either the workload has no roles/iam.workloadIdentityUser on the
service account, or the grant names something else than the workload: the ARN of the AWS role instead of its session's,
another namespace or Kubernetes service account, another pool, the project ID instead of the number. A grant that is
minutes old can be refused too. On GKE, the annotation of the Kubernetes service account decides which account the pod
impersonates.

To see the grants, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: grant roles/iam.workloadIdentityUser on the service account to the member of the workload, with wif-wizard apply.
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
)
DRIFTS = (Drift(kind="roles on the service account"),)
