"""The project does not exist, or the caller has no access to it.

Google Cloud gives the same answer for a project that does not exist and for one that the caller cannot see. The
message does not name the permission.

To see whether the project exists, run as someone who can see it:

    gcloud projects describe PROJECT

Fix: correct the project ID, or grant the role to the workload, or to the service account that it impersonates.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the roles of the workload, or of the service account that it impersonates, on the project of the target."
)
ASK = questions.WORKLOAD
MESSAGES = (
    Message(
        pattern=r"The caller does not have permission",
        side="Google Cloud",
        hop="permission",
    ),
)
