"""You do not have permission to change workload identity pools.

To create or change workload identity pools and providers, you need a role such as roles/iam.workloadIdentityPoolAdmin
on the project. In a new project, or shortly after you enable the IAM API, Google Cloud can deny the request for a short
time.

To see who is signed in, run:

    gcloud auth list

Fix: ask for the role roles/iam.workloadIdentityPoolAdmin on the project. In a new project, try again after a minute.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles that you have on the project that the error message names."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"""Permission ['\"](?P<permission>iam\.(googleapis\.com/)?workloadIdentityPool\w*\.\w+)['"""
        r"""\"] denied on resource ['\"]?(?P<resource>[^\s'\"]+)?""",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
)
