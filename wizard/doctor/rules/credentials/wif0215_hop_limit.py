"""The hop limit of the EC2 instance prevents containers from using the instance metadata service.

HttpPutResponseHopLimit sets the maximum number of network hops for an IMDSv2 response. A container that does not use
the host network needs one more hop. With a limit of 1, the container's request for a session token times out.

To confirm this cause, run:

    aws ec2 describe-instances --instance-ids ID --query 'Reservations[].Instances[].MetadataOptions'

Fix: set the hop limit to 2 with: aws ec2 modify-instance-metadata-options --instance-id ID
--http-put-response-hop-limit 2. All containers on the instance can then get the credentials of the instance's role.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at HttpPutResponseHopLimit of the instance."
ASK = questions.ROLE
MESSAGES = (
    Message(
        pattern=r"/latest/api/token\b.{0,400}?(timed? ?out|deadline exceeded)",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
)
DRIFTS = (Drift(kind="EC2 instance", key="hop_limit"),)
