"""A unified access policy refuses the permission.

Unified access policies allow and deny in one document, and are bound to a project, a folder or an organization. Policy
Troubleshooter does not read them, and they are not part of the IAM policy of the project.

To see them, ask an administrator who has access to the IAM v3 API.

Fix: ask the owner of the policy to allow the workload.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the unified access policies that are bound to the project or above it."
ASK = questions.WORKLOAD
UNSEEN = (
    "Google Cloud does not publish the words of such a refusal, and the IAM policy of the project does not show the "
    "policy."
)
