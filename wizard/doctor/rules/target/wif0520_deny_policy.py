"""A Google Cloud deny policy denies the permission.

A deny policy overrides every grant. A deny policy names permissions and members, and applies to a project, a folder or
an organization. Google Cloud returns the same error as for a missing role.

If nothing else explains the error, the doctor reads the deny policies of the project and of its parent folders and
organization. To read these policies, you need roles/iam.denyReviewer on the organization. The doctor does not evaluate
conditions, and does not read the members of groups. To see the deny policies of the project, run:

    gcloud iam policies list --attachment-point=cloudresourcemanager.googleapis.com/projects/PROJECT \\
      --kind=denypolicies

Fix: ask the owner of the deny policy for an exception for this workload.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the deny policies of the project, its folders and its organization."
ASK = questions.WORKLOAD
MESSAGES = (
    Message(
        pattern=r"denied by (an? )?(IAM )?deny polic(y|ies)",
        side="Google Cloud",
        hop="permission",
        weight=5,
    ),
)
