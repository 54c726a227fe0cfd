"""Something replaces whole bindings of the policy.

Terraform's google_project_iam_binding and google_project_iam_policy write all members of a role, or the whole policy.
Members that others added disappear with the next run, the workload's too.

To confirm this cause, look in the audit log for SetIamPolicy that removes members that the same caller did not add.

Fix: add the workload's member to that Terraform resource, or replace the resource with google_project_iam_member.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at what writes the policy: Terraform, a pipeline, Config Connector."
ASK = questions.WORKLOAD
SEVERITY = "risk"
MESSAGES = (
    Message(
        pattern=r"\b(?P<resource>google_(project|folder|organization|service_account)_iam_(binding|policy))\b",
        side="the operator's tools",
        hop="permission",
        weight=1,
    ),
)
