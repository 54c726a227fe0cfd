"""You do not have permission to see the clusters of the project.

The GKE API denied your request. The GKE API returns the same error for a project that does not exist.

To see who is signed in, run:

    gcloud auth list

Fix: check google.project in the setup, and ask for the role roles/container.clusterViewer on the project.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles that you have on the project."
ASK = questions.SETUP
ABOUT_OPERATOR = True
MESSAGES = (
    Message(
        pattern=r"""(?P<permission>container\.clusters\.\w+)['\"]? (permission|denied)""",
        side="Google Cloud",
        hop="cluster",
        weight=3,
    ),
    Message(
        pattern=r"""[Rr]equired ['\"](?P<permission>container\.clusters\.\w+)['\"] permission""",
        side="Google Cloud",
        hop="cluster",
        weight=3,
    ),
)
