"""A unified access policy denies the permission.

A unified access policy contains both allow rules and deny rules, and is bound to a project, a folder or an
organization. Policy Troubleshooter does not read unified access policies. The IAM policy of the project does not
contain these rules.

To see the unified access policies, ask an administrator who has access to the IAM v3 API.

Fix: ask the owner of the policy to allow the workload.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the unified access policies that are bound to the project, its folders or its organization."
ASK = questions.WORKLOAD
UNSEEN = (
    "Google Cloud does not document this error message, and the IAM policy of the project does not contain the unified "
    "access policy."
)
