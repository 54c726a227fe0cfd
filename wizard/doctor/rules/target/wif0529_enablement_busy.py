"""Another change to the project's APIs is in progress.

Service Usage makes only one change in a project at a time. Two pipelines, or several resources in Terraform, enable
APIs at the same time.

To confirm this cause, try again after a minute.

Fix: enable all APIs with one call. The command gcloud services enable accepts several APIs.
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
