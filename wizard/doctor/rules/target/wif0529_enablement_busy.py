"""Another change of the project's APIs is in progress.

Service Usage makes one change of a project at a time. Two pipelines, or Terraform with several resources, enable APIs
at the same time.

To confirm this cause, try again after a minute.

Fix: run the command again, and enable all APIs in one call: gcloud services enable takes several.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Find out who else enables APIs in the project."
ASK = questions.SETUP
SEVERITY = "note"
MESSAGES = (
    Message(
        pattern=r"Another activation or deactivation is in progress",
        side="Google Cloud",
        hop="permission",
        weight=2,
    ),
)
