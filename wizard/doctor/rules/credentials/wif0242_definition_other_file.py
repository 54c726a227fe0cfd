"""The definition names a different credential file than the setup.

GOOGLE_APPLICATION_CREDENTIALS in the task definition, the job definition or the function is the path of another file.
Often it is the service account key that the workload used before: then the program works with the key, and federation
is not used.

To confirm this cause, look at "environment" of the container, or at the environment of the function.

Fix: set GOOGLE_APPLICATION_CREDENTIALS to the credential configuration and deploy the new revision. wif-wizard apply
does this if the setup names the definition.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at GOOGLE_APPLICATION_CREDENTIALS in the definition."
ASK = questions.DEFINITION
DRIFTS = (
    Drift(kind="task definition", key="environment.GOOGLE_APPLICATION_CREDENTIALS", action="update", how="changed"),
    Drift(kind="job definition", key="environment.GOOGLE_APPLICATION_CREDENTIALS", action="update", how="changed"),
    Drift(kind="ECS service", key="environment.GOOGLE_APPLICATION_CREDENTIALS", action="update", how="changed"),
    Drift(kind="Lambda function", key="environment.GOOGLE_APPLICATION_CREDENTIALS", action="update", how="changed"),
)
