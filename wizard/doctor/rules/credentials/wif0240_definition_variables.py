"""The definition of the workload does not set the variables that the auth library needs.

The program reads the path of the credential configuration from GOOGLE_APPLICATION_CREDENTIALS, the project from
GOOGLE_CLOUD_PROJECT, and the AWS region from AWS_REGION. The task definition, job definition or function does not set
these variables, or sets different values.

To see the variables, look at the field "environment" of the container, or at the environment of the function.

Fix: set the variables in the definition and deploy the new revision. If the setup names the definition, wif-wizard
apply makes this change.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the environment variables in the definition."
ASK = questions.DEFINITION
DRIFTS = (
    Drift(kind="task definition", key="environment"),
    Drift(kind="job definition", key="environment"),
    Drift(kind="ECS service", key="environment"),
    Drift(kind="Lambda function", key="environment"),
)
