"""The project does not exist, or the caller has no access to the project.

Google Cloud returns the same error for a project that does not exist and for a project that the caller cannot see. The
error message does not name the missing permission.

To see whether the project exists, run this command as a user who can see the project:

    gcloud projects describe PROJECT

Fix: correct the project ID, or grant the required role to the workload, or to the service account that the workload
impersonates.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles of the workload, or of the service account that it impersonates, on the target's project."
ASK = questions.WORKLOAD
MESSAGES = (
    Message(
        pattern=r"The caller does not have permission",
        side="Google Cloud",
        hop="permission",
    ),
)
