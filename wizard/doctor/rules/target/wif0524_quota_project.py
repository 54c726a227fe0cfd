"""Your credentials have no quota project.

Calls with user credentials count against the quota of a project. Without a quota project, the calls count against
Google's project for gcloud, 764086051850. In this project, many APIs are disabled, and all users share the quotas.

To see the quota project, run:

    gcloud config get billing/quota_project

Fix: set GOOGLE_CLOUD_QUOTA_PROJECT to a project in which you have the permission serviceusage.services.use, or run:
gcloud auth application-default set-quota-project PROJECT
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the consumer that the error message names."
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
