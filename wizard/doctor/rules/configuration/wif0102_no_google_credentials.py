"""The auth library found no credentials for Google Cloud.

The auth library looked in GOOGLE_APPLICATION_CREDENTIALS, in the home directory of the user and at the metadata
server, and found no credentials. Outside Google Cloud, the usual cause is that the variable is not set for the
program. For example, a service manager, sudo and cron do not pass the environment of a shell to the program. On GKE,
the usual cause is that the metadata server did not answer.

To see the variable, print the environment of the program's process.

Fix: outside GKE, set GOOGLE_APPLICATION_CREDENTIALS in the workload's definition to the path of the credential
configuration. On GKE, do not set the variable. Check the metadata server instead.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at GOOGLE_APPLICATION_CREDENTIALS in the environment of the process. On GKE, look at the metadata server."
)
ASK = questions.WORKLOAD
MESSAGES = (
    Message(
        pattern=r"Your default credentials were not found",
        side="the program's auth library",
        hop="config",
    ),
    Message(
        pattern=r"Could not load the default credentials",
        side="the program's auth library",
        hop="config",
    ),
    Message(
        pattern=r"could not find default credentials",
        side="the program's auth library",
        hop="config",
    ),
    Message(
        pattern=r"Could not automatically determine credentials",
        side="the program's auth library",
        hop="config",
    ),
    Message(
        pattern=r"The Application Default Credentials are not available",
        side="the program's auth library",
        hop="config",
    ),
    Message(
        pattern=r"Anonymous caller does not have (?P<permission>[a-z]\w*\.[\w.]+) access",
        side="Google Cloud",
        hop="permission",
        weight=3,
    ),
)
DRIFTS = (
    Drift(kind="task definition", key="environment.GOOGLE_APPLICATION_CREDENTIALS", action="update", how="added"),
    Drift(kind="job definition", key="environment.GOOGLE_APPLICATION_CREDENTIALS", action="update", how="added"),
    Drift(kind="ECS service", key="environment.GOOGLE_APPLICATION_CREDENTIALS", action="update", how="added"),
    Drift(kind="Lambda function", key="environment.GOOGLE_APPLICATION_CREDENTIALS", action="update", how="added"),
)
