"""The auth library does not read the credentials of EKS Pod Identity.

EKS Pod Identity serves credentials at AWS_CONTAINER_CREDENTIALS_FULL_URI, and requires a token from a file. Google's
auth libraries for Python, Node.js, Go and Java do not read this endpoint. Google's auth libraries use the role of the
node, or find no credentials.

To confirm this cause, look for AWS_CONTAINER_CREDENTIALS_FULL_URI in the pod.

Fix: set runtime: eks in the setup. The pod then uses a token that the cluster issues, and does not need an IAM role.
Alternatively, use an AwsSecurityCredentialsSupplier that gets credentials from the AWS SDK.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look for AWS_CONTAINER_CREDENTIALS_FULL_URI in the environment of the pod."
ASK = questions.INSIDE
