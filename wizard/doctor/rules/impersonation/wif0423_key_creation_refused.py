"""An organization policy does not allow keys of service accounts.

constraints/iam.disableServiceAccountKeyCreation keeps people from creating keys. This is how most organizations make
federation the only way.

To confirm this cause, run:

    gcloud org-policies describe iam.disableServiceAccountKeyCreation --project=PROJECT --effective

Fix: do not ask for an exception: use federation, which needs no key. Start with: wif-wizard
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
