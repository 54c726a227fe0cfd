"""The container calls Google Cloud with the role of its EC2 instance.

The container runs on an EC2 instance, either in an ECS task or in a pod on EKS. The auth library does not read the
container's credentials, and uses the instance metadata service, which returns the credentials of the instance's role.
The program reports no error until the provider's attribute condition or IAM rejects the instance's role.

To confirm this cause, compare the role in the denied request with the role of the task. Google Cloud's audit logs show
the role in the subject of the principal.

Fix: add an AwsSecurityCredentialsSupplier to the program, or start the application with wif-wizard serve-credentials.
The program then uses the container's role. Do not give the role of the instance access to Google Cloud, because all
containers on the instance share this role. To prevent containers from using the instance metadata service, require
IMDSv2 with a hop limit of 1.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Compare the role that the request names with the task role of the container."
ASK = questions.INSIDE
