"""A service control policy of the AWS organization denies the request.

Service control policies and resource control policies limit the permissions of a whole AWS account, even if other
policies in the account allow the action. The account's administrators cannot change these policies.

To confirm this cause, read the end of AWS's message, which names the type of the policy and, for a caller in the same
organization, the ARN of the policy.

Fix: ask the administrators of the AWS organization to allow the action for this account or role.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Ask the administrators of the organization which service control policies apply to the account."
ASK = questions.ROLE
MESSAGES = (
    Message(
        pattern=r"with an explicit deny in a (service|resource) control policy(: (?P<policy>arn:\S+))?",
        side="AWS",
        hop="aws-credentials",
        weight=5,
    ),
    Message(
        pattern=r"because no (service|resource) control policy allows the (?P<action>[\w:]+) action",
        side="AWS",
        hop="aws-credentials",
        weight=5,
    ),
)
