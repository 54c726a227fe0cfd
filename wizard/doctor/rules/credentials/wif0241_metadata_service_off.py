"""The instance metadata service of the EC2 instance is disabled.

The auth library gets the credentials of the instance's role from the instance metadata service. If HttpEndpoint is
disabled, no server answers at 169.254.169.254. The AWS SDK and Google's auth library then find no credentials.

To confirm this cause, run:

    aws ec2 describe-instances --instance-ids ID --query 'Reservations[].Instances[].MetadataOptions'

Fix: enable the instance metadata service with: aws ec2 modify-instance-metadata-options --instance-id ID
--http-endpoint enabled. If the setup names the instance, wif-wizard apply makes this change.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the metadata options of the EC2 instance."
ASK = questions.ROLE
DRIFTS = (Drift(kind="EC2 instance", key="metadata_service"),)
