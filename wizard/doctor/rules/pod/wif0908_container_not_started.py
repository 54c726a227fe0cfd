"""The container of the one-off pod does not start.

The image has no python3 in its PATH, or the container runtime cannot run python3.

To see the reason, run:

    kubectl --namespace=NAMESPACE describe pod NAME

Fix: set probe.image in the setup to an image that has python3, version 3.8 or newer, in its PATH.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the pod: kubectl --namespace=NAMESPACE describe pod NAME"
ASK = questions.POD
