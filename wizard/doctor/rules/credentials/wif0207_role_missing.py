"""The IAM role of the workload does not exist.

The setup, or the definition of the workload, names an IAM role that does not exist in the AWS account. The name is
misspelled, the role is in a different account, or someone deleted the role.

To confirm this cause, run:

    aws iam get-role --role-name NAME

Fix: create the role with wif-wizard apply, or correct the name of the role.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the role that the definition of the workload names, and at the trust policy of that role."
ASK = questions.ROLE
MESSAGES = (
    Message(
        pattern=r"The role with name (?P<role>\S+) cannot be found",
        side="AWS",
        hop="aws-credentials",
        weight=2,
    ),
)
DRIFTS = (Drift(kind="IAM role", action="create"),)
