"""The live test does not support the source of the AWS credentials.

The profile gets its credentials from a login, a process or another role. The live test reads keys, the container
endpoint and the instance metadata. This says nothing about the workload itself.

To see the source, run:

    aws configure list

Fix: export the AWS credentials, then test again: eval "$(aws configure export-credentials --format env)"
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the profile that AWS_PROFILE names in ~/.aws/config."
ASK = questions.INSIDE
SEVERITY = "note"
