"""The live test does not support the source of the AWS credentials.

The profile gets credentials from a sign-in, a process or another role. The live test supports access keys, the
container credentials endpoint and the instance metadata service. This finding is not about the workload itself.

To see the source, run:

    aws configure list

Fix: to test again, first export the AWS credentials: eval "$(aws configure export-credentials --format env)"
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the profile that AWS_PROFILE names in ~/.aws/config."
ASK = questions.INSIDE
SEVERITY = "note"
