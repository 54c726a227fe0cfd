"""The EC2 instance does not have the role of the workload.

An EC2 instance gets its role through an instance profile. The instance has no instance profile, the instance profile
has no role or a different role, or the instance metadata service is disabled.

To confirm this cause, run:

    aws ec2 describe-iam-instance-profile-associations --filters Name=instance-id,Values=ID

Fix: attach an instance profile with the role, and enable the instance metadata service. If the setup names the
instance, wif-wizard apply makes both changes.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the instance profile of the EC2 instance."
ASK = questions.ROLE
MESSAGES = (
    Message(
        pattern=r"status code 404\b.{0,600}?169\.254\.169\.254/latest/meta-data/iam/security-credentials",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
    Message(
        pattern=r"metadata is not found at http://169\.254\.169\.254/latest/meta-data/iam/security-credentials",
        side="AWS",
        hop="aws-credentials",
        weight=2,
    ),
)
DRIFTS = (
    Drift(kind="EC2 instance", key="instance_profile"),
    Drift(kind="instance profile"),
)
