"""The container credentials endpoint does not return credentials.

The variables AWS_CONTAINER_CREDENTIALS_* name an endpoint that rejects the request, that the AWS SDK does not allow,
or that returns no credentials. The task has no task role, ECS cannot assume the task role, or the image
overwrites the variables.

To confirm this cause, run this command in the task:

    curl -i "http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"

Fix: set the task role in the definition, check the trust policy of this role, and remove variables that begin with
AWS_CONTAINER_ from the image and the definition.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the AWS_CONTAINER_* variables and the task role of the task."
ASK = questions.DEFINITION
MESSAGES = (
    Message(
        pattern=r"Error when retrieving credentials from container-role",
        side="AWS",
        hop="aws-credentials",
        weight=2,
    ),
)
