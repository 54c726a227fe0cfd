"""AWS_PROFILE names a profile that does not exist.

The AWS SDK looks for the profile in ~/.aws/config and ~/.aws/credentials of the user that runs the program. In a
container, these files usually do not exist.

To see the profiles, run this command as the same user:

    aws configure list-profiles

Fix: correct or unset AWS_PROFILE.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at AWS_PROFILE in the environment of the program."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"The config profile \((?P<profile>[^)]*)\) could not be found",
        side="AWS",
        hop="aws-credentials",
        weight=2,
    ),
)
