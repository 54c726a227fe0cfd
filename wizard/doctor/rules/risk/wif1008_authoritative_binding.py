"""A tool replaces whole bindings of the IAM policy.

Terraform's google_project_iam_binding replaces all members of a role, and google_project_iam_policy replaces the whole
IAM policy. On the next run, Terraform removes members that other tools added, including the workload's member.

To confirm this cause, look in the audit log for SetIamPolicy calls that remove members that other callers added.

Fix: add the workload's member to the Terraform resource, or replace the Terraform resource with
google_project_iam_member.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Find out which tool writes the policy: Terraform, a pipeline, or Config Connector."
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
