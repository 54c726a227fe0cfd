"""The service account already exists.

A service account in the project already uses the ID. If the service account is new, Google Cloud can return this error
while a read request still reports that the service account does not exist.

To confirm this cause, run:

    gcloud iam service-accounts list --project=PROJECT

Fix: use the existing service account, as wif-wizard apply does.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the service accounts of the project."
ASK = questions.ACCOUNT
SEVERITY = "note"
MESSAGES = (
    Message(
        pattern=r"""Service account (ID|\S+) already exists within project (?P<project>[^\s,\"']*[\w])""",
        side="Google Cloud",
        hop="impersonation",
        weight=2,
    ),
)
