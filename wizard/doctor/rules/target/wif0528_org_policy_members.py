"""An organization policy does not allow the member in IAM policies.

The constraint constraints/iam.allowedPolicyMemberDomains lists the allowed organizations, or the newer constraint
constraints/iam.managed.allowedPolicyMembers lists the allowed members. Google Cloud rejects the whole change if an IAM
policy contains another member.

To confirm this cause, run:

    gcloud org-policies describe iam.allowedPolicyMemberDomains --project=PROJECT --effective

Fix: use a workload identity pool in a project of an allowed organization, or ask an administrator of organization
policies to allow the organization of the pool.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the organization policy iam.allowedPolicyMemberDomains."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"One or more users named in the policy do not belong to a permitted customer",
        side="Google Cloud",
        hop="permission",
        weight=3,
    ),
)
