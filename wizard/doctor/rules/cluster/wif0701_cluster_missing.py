"""The GKE cluster does not exist in the specified location of the project.

The name, the location or the project is wrong. The location of a zonal cluster is a zone, and the location of a
regional cluster is a region.

To see the clusters, run:

    gcloud container clusters list --project=PROJECT

Fix: correct gke.cluster, gke.location or google.project in the setup.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the location in the error message, and at the list of clusters."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"Not found: projects/(?P<project>[^/\s]+)/(zones|locations)/"
        r"(?P<location>[^/\s]+)/clusters/(?P<cluster>[\w${}-]+)",
        side="Google Cloud",
        hop="cluster",
        weight=3,
    ),
)
