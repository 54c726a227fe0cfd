"""The workload's definition and the setup name different credential files.

GOOGLE_APPLICATION_CREDENTIALS in the task definition, the job definition or the function is not the path of the
credential configuration. Often, the variable still contains the path of the service account key that the workload used
before. The program then uses the key instead of federation.

To confirm this cause, look at the field "environment" of the container, or at the environment of the function.

Fix: set GOOGLE_APPLICATION_CREDENTIALS to the path of the credential configuration and deploy the new revision. If the
setup names the definition, wif-wizard apply makes this change.
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
