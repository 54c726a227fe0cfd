"""The container calls Google Cloud with the role of its host.

The container runs on an EC2 instance, as an ECS task or in a pod on EKS. The auth library does not read the
container's own credentials, and asks the instance metadata service, which answers with the role of the instance.
Nothing fails until the provider's condition or IAM refuses that role.

To confirm this cause, compare the role in the refused request with the role of the task. In Google Cloud's audit logs
it is the subject of the principal.

Fix: give the container its own role: an AwsSecurityCredentialsSupplier or wif-wizard serve-credentials. Do not grant
access to the role of the host, which all its containers share. Keep containers from the instance metadata with a hop
limit of 1.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Compare the role that the request names with the task role of the container."
ASK = questions.INSIDE
