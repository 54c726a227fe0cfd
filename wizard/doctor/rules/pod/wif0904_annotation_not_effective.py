"""The metadata server does not use the annotation yet.

The pod has its own identity instead of the identity of the Google service account in the annotation. An annotation
becomes effective within a minute. A program can keep its first token for an hour.

To see the identity, run this command in the pod:

    curl -s -H Metadata-Flavor:Google \\
      http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/email

Fix: test again after a minute, and check the annotation.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Check when the annotation was added."
ASK = questions.POD
