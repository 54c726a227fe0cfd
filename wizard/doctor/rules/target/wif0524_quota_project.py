"""The calls of the operator have no quota project.

Calls with the credentials of a user count against a project. Without one they count against Google's own project for
gcloud, 764086051850, where APIs are disabled and quotas are shared with everyone.

To see the quota project, run:

    gcloud config get billing/quota_project

Fix: set GOOGLE_CLOUD_QUOTA_PROJECT to a project in which you have serviceusage.services.use, or run: gcloud auth
application-default set-quota-project PROJECT
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the consumer that the message names."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"consumer\W{1,6}(projects/|project_number:)?764086051850",
        side="Google Cloud",
        hop="permission",
        weight=7,
    ),
    Message(
        pattern=r"in project 764086051850 before or it is disabled",
        side="Google Cloud",
        hop="permission",
        weight=7,
    ),
    Message(
        pattern=r"API requires a quota project, which is not set by default",
        side="Google Cloud",
        hop="permission",
        weight=5,
    ),
    Message(
        pattern=r"(?P<permission>serviceusage\.services\.use)\b",
        side="Google Cloud",
        hop="permission",
        weight=3,
    ),
)
