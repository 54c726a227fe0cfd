"""The instance metadata service of the EC2 instance is off.

The auth library gets the credentials of the instance's role from the instance metadata service. With HttpEndpoint:
disabled, nothing answers at 169.254.169.254, and neither the AWS SDK nor the auth library finds credentials.

To confirm this cause, run:

    aws ec2 describe-instances --instance-ids ID --query 'Reservations[].Instances[].MetadataOptions'

Fix: turn it on: aws ec2 modify-instance-metadata-options --instance-id ID --http-endpoint enabled. wif-wizard apply
does this if the setup names the instance.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the metadata options of the EC2 instance."
ASK = questions.ROLE
DRIFTS = (Drift(kind="EC2 instance", key="metadata_service"),)
