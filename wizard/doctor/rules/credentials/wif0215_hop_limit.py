"""The hop limit of the instance keeps containers from the metadata service.

The answer of IMDSv2 passes only as many network hops as HttpPutResponseHopLimit says. A container that does not use
the network of its host is one hop further away, so with a limit of 1 its request for a session token times out.

To confirm this cause, run:

    aws ec2 describe-instances --instance-ids ID --query 'Reservations[].Instances[].MetadataOptions'

Fix: set the hop limit to 2: aws ec2 modify-instance-metadata-options --instance-id ID --http-put-response-hop-limit 2.
Then all containers of the instance can get its role.
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
