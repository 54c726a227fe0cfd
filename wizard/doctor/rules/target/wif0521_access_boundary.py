"""A principal access boundary policy denies the permission.

A principal access boundary policy limits the resources that the members of a pool, a project or an organization can
access. Roles on other resources then have no effect.

To confirm this cause, ask an administrator of the organization. The administrator can see the policies that are bound
to the pool, the project or the organization.

Fix: ask the owner of the policy to include the target.
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
