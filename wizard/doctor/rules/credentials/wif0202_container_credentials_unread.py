"""The auth library does not read the credentials of an ECS task or an AWS Batch job.

ECS, Fargate and AWS Batch serve the credentials of the task role at an endpoint that
AWS_CONTAINER_CREDENTIALS_RELATIVE_URI names. The AWS SDKs read this endpoint. Google's auth libraries for Python,
Node.js, Go and Java do not read this endpoint. By default, these libraries get AWS credentials only from environment
variables and from the EC2 instance metadata service, which Fargate does not have.

To confirm this cause, run this command in the workload:

    wif-wizard test CONFIG.json --from inside

Fix: add the AwsSecurityCredentialsSupplier from the Result page to the program. The supplier gets credentials from the
AWS SDK. If you cannot change the program, start the program with wif-wizard serve-credentials.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the runtime of the workload. On ECS, Fargate and AWS Batch, the auth library needs a credential supplier."
)
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"Unable to determine the AWS metadata server security credentials endpoint",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
    Message(
        pattern=r"Unable to determine AWS role name due to missing " r"""['\"]options\.credential_source\.url['\"]""",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
    Message(
        pattern=r"Unable to determine the AWS IAM role name\. The credential source does not contain the " r"url field",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
    Message(
        pattern=r"dial tcp 169\.254\.169\.254:80: connect: invalid argument",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
    Message(
        pattern=r"169\.254\.169\.254(:80)?\S*/latest/meta-data.{0,400}?(refused|EINVAL|Invalid argument"
        r"|unreachable|EHOSTUNREACH|ENETUNREACH|No route to host|timed? ?out)",
        side="the program's auth library",
        hop="aws-credentials",
        weight=3,
    ),
    Message(
        pattern=r"169\.254\.169\.254.{0,60}?Max retries exceeded with url: /latest/meta-data.{0,400}?(refused"
        r"|Invalid argument|unreachable|No route to host|timed? ?out)",
        side="the program's auth library",
        hop="aws-credentials",
        weight=3,
    ),
    Message(
        pattern=r"Failed to retrieve AWS (IAM role|credentials|region)\..{0,2000}?(Invalid argument|refused"
        r"|unreachable|timed? ?out)",
        side="the program's auth library",
        hop="aws-credentials",
        weight=3,
    ),
    Message(
        pattern=r"AwsExternalAccountCredential\b.{0,2000}?169\.254\.169\.254",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
    Message(
        pattern=r"The host of the URL given for fetching the Security Credentials does not match",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
)
