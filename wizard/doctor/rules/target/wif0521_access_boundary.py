"""A principal access boundary policy denies the permission.

A principal access boundary policy limits the resources that the members of a pool, a project or an organization can
access. Roles on other resources then have no effect.

If nothing else explains the error, the doctor reads the policies that are bound to the pool, its project, and the
project's folders and organization. To read these policies, you need roles/iam.principalAccessBoundaryViewer on the
organization, and the permission to search policy bindings on each of these resources. A policy blocks only the
permissions that its enforcement version contains. To see the policies that are bound to the pool, run:

    gcloud iam policy-bindings search-target-policy-bindings --project=PROJECT --location=global \\
      --target=//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL

Fix: ask the owner of the policy to add the target to the policy.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the principal access boundary policies that are bound to the workload's pool."
ASK = questions.WORKLOAD
MESSAGES = (
    Message(
        pattern=r"denied by (an? )?principal access boundary",
        side="Google Cloud",
        hop="permission",
        weight=5,
    ),
)
