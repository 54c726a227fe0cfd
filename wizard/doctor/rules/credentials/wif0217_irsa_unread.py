"""The auth library does not read the web identity token of the pod (IRSA).

IAM roles for service accounts give a pod on EKS a token file and the variables AWS_WEB_IDENTITY_TOKEN_FILE and
AWS_ROLE_ARN. The AWS SDKs read these variables, but Google's auth libraries do not. Google's auth libraries use the
role of the node, or find no credentials.

To confirm this cause, look for these two variables in the pod.

Fix: set runtime: eks in the setup. The pod then uses a token that the cluster issues, and does not need an IAM role.
Alternatively, use an AwsSecurityCredentialsSupplier that gets credentials from the AWS SDK.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look for AWS_WEB_IDENTITY_TOKEN_FILE in the environment of the pod."
ASK = questions.INSIDE
