"""The EC2 instance does not have the role of the workload.

An instance gets its role through an instance profile. The instance has none, the profile has no role or another role,
or the instance metadata service is off.

To confirm this cause, run:

    aws ec2 describe-iam-instance-profile-associations --filters Name=instance-id,Values=ID

Fix: attach an instance profile with the role, and enable the instance metadata service. wif-wizard apply does both if
the setup names the instance.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the instance profile of the EC2 instance."
ASK = questions.ROLE
DRIFTS = (
    Drift(kind="EC2 instance", key="instance_profile"),
    Drift(kind="instance profile"),
)
