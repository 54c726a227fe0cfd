"""An organization policy does not allow the member in policies.

constraints/iam.allowedPolicyMemberDomains, or its managed successor, lists whose identities can be in policies.
Members of pools of your own organization count as your own; those of other organizations do not.

To see it, run:

    gcloud org-policies describe iam.allowedPolicyMemberDomains --project=PROJECT --effective

Fix: use a pool in a project of the same organization, or ask an administrator of organization policies to allow the
other one.
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
