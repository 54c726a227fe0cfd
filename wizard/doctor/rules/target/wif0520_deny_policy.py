"""A deny policy of Google Cloud refuses the permission.

A deny policy overrides every grant. It can be on the project, a folder or the organization, and names permissions and
members.

To see the ones on the project (those above it need roles there), run:

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
