"""An organization policy does not allow the member in policies.

constraints/iam.allowedPolicyMemberDomains, or its managed successor, lists the organizations whose identities can be
in policies. Google Cloud refuses the whole change of the policy.

To confirm this cause, run:

    gcloud org-policies describe iam.allowedPolicyMemberDomains --project=PROJECT --effective

Fix: use a pool in a project of an organization that is allowed, or ask an administrator of organization policies to
allow the one of the pool.
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
