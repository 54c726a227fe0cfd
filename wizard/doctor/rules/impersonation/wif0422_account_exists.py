"""The service account exists already.

The ID is in use in the project. When the account was created moments ago, a second attempt gets this answer although
reading it can still say that it does not exist.

To confirm this cause, run:

    gcloud iam service-accounts list --project=PROJECT

Fix: use the account that exists, as wif-wizard apply does.
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
