"""The pod has no token file at the path in the credential configuration.

The credential configuration contains the path of a token file that the cluster projects into the pod. The pod has no
projected volume with this token, or mounts the volume at a different path.

To confirm this cause, compare credential_source.file with the volumes of the pod.

Fix: add a projected volume with the source serviceAccountToken to the pod. The Result page shows the volume and its
mount.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Compare credential_source.file with the volume mounts of the pod."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"""RefreshError: File ['\"](?P<file>[^'\"]+)['\"] was not found""",
        side="the program's auth library",
        hop="subject-token",
        weight=4,
    ),
    Message(
        pattern=r"""failed to open credential file ['\"](?P<file>[^'\"]+)['\"]""",
        side="the program's auth library",
        hop="subject-token",
        weight=3,
    ),
)
