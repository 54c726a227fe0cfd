"""The EC2 instance does not have the role of the workload.

An EC2 instance gets its role through an instance profile. The instance has no instance profile, the instance profile
has no role or a different role, or the instance metadata service is disabled.

To confirm this cause, run:

    aws ec2 describe-iam-instance-profile-associations --filters Name=instance-id,Values=ID

Fix: attach an instance profile with the role, and enable the instance metadata service. If the setup names the
instance, wif-wizard apply makes both changes.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the instance profile of the EC2 instance."
ASK = questions.ROLE
DRIFTS = (
    Drift(kind="EC2 instance", key="instance_profile"),
    Drift(kind="instance profile"),
)
