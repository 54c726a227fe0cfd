"""An API that the workload or the wizard needs is not enabled in the project.

You must enable each API in the project that uses the API. The token exchange needs sts.googleapis.com in the project
of the workload identity pool. Impersonation needs iamcredentials.googleapis.com in the project of the service account.
Each target needs the API of its product. For this error, the auth library for Node.js prints only "Error code [object
Object]".

To see the enabled APIs, run:

    gcloud services list --enabled --project=PROJECT

Fix: enable the API with wif-wizard apply, or with: gcloud services enable SERVICE --project=PROJECT. The change takes
a few minutes to become effective.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the API and the project that the error message names."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"Security Token Service API has not been used in project (?P<project>\S+) before or it "
        r"is disabled\.(.{0,40}?apis/api/(?P<service>[^/\s]+)/)?",
        side="Google Cloud",
        hop="exchange",
        weight=5,
    ),
    Message(
        pattern=r"IAM Service Account Credentials API has not been used in project (?P<project>\S+) "
        r"before or it is disabled\.(.{0,40}?apis/api/(?P<service>[^/\s]+)/)?",
        side="Google Cloud",
        hop="impersonation",
        weight=5,
    ),
    Message(
        pattern=r"has not been used in project (?P<project>\S+) before or it is disabled\.("
        r".{0,80}?apis/api/(?P<service>[^/\s]+)/)?",
        side="Google Cloud",
        hop="permission",
        weight=4,
    ),
    Message(
        pattern=r"\bSERVICE_DISABLED\b",
        side="Google Cloud",
        hop="permission",
        weight=3,
    ),
    Message(
        pattern=r"Error code \[object Object\]",
        side="the program's auth library",
        hop="exchange",
        weight=2,
    ),
)
DRIFTS = (Drift(kind="enabled services"),)
