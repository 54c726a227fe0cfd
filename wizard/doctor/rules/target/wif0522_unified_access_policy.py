"""A unified access policy denies the permission.

A unified access policy can contain allow rules and deny rules, and is bound to a project, a folder or an
organization. Policy Troubleshooter does not read unified access policies. The IAM policy of the project does not
contain these rules.

If nothing else explains the error, the doctor reads the unified access policies that are bound to the project and to
its parent folders and organization. To read these policies, you need roles/iam.accessPolicyViewer on the resource that
contains the policy, and the permission to search policy bindings on the project. The doctor looks only at rules that
deny access, and does not evaluate conditions. To see the policies, ask an administrator of the organization.

Fix: ask the owner of the policy to allow access for the workload.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the unified access policies that are bound to the project, its folders or its organization."
ASK = questions.WORKLOAD
