"""An organization policy does not allow the member in IAM policies.

The constraint constraints/iam.allowedPolicyMemberDomains, or the newer managed constraint, lists allowed organizations.
IAM policies can contain only identities of these organizations. Google Cloud rejects the whole change to the IAM
policy.

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
