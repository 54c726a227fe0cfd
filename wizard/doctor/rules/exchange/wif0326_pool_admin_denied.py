"""The operator does not have permission to change workload identity pools.

Creating and changing pools and providers needs roles/iam.workloadIdentityPoolAdmin on the project. In a project that
was created seconds ago, or whose IAM API was enabled seconds ago, the same refusal passes by itself.

To see who is signed in, run:

    gcloud auth list

Fix: ask for roles/iam.workloadIdentityPoolAdmin on the project; in a new project, try again after a minute.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles that you have on the project that the message names."
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
