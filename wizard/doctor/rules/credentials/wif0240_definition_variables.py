"""The definition of the workload does not set the variables that the auth library needs.

The program finds its credential configuration through GOOGLE_APPLICATION_CREDENTIALS, its project through
GOOGLE_CLOUD_PROJECT, and its region through AWS_REGION. The task definition, job definition or function does not set
them, or sets other values.

To see them, look at "environment" of the container, or at the environment of the function.

Fix: set the variables in the definition and deploy the new revision. wif-wizard apply does this if the setup names the
definition.
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
