"""An organization policy does not allow service account keys.

The constraint constraints/iam.disableServiceAccountKeyCreation prevents the creation of service account keys. Many
organizations use this constraint to require federation.

To confirm this cause, run:

    gcloud org-policies describe iam.disableServiceAccountKeyCreation --project=PROJECT --effective

Fix: do not ask for an exception. Use federation, which needs no service account key. To start the wizard, run:
wif-wizard
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the organization policy iam.disableServiceAccountKeyCreation."
ASK = questions.SETUP
SEVERITY = "note"
MESSAGES = (
    Message(
        pattern=r"Key creation is not allowed on this service account",
        side="Google Cloud",
        hop="impersonation",
        weight=2,
    ),
)
