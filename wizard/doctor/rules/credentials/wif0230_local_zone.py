"""The auth library computes the wrong region from the name of a Local Zone.

Without AWS_REGION, the auth library reads the name of the availability zone, and removes the last letter of the name.
The name of a Local Zone or a Wavelength Zone, such as us-west-2-lax-1a, has additional parts, so the result is not a
region.

To confirm this cause, print AWS_REGION in the workload, and look at the zone of the instance.

Fix: in the workload's definition, set AWS_REGION to the region of the workload.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the availability zone of the workload, and look for AWS_REGION in the environment of the workload."
ASK = questions.INSIDE
