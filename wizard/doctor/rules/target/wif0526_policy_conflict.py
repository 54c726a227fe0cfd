"""Someone else changed the policy at the same time.

A policy is read, changed and written as a whole. Its etag shows that someone wrote it in between, and the write is
refused, so that no grant is lost.

To see who, look at SetIamPolicy in the audit log.

Fix: run the command again. wif-wizard apply reads the policy again by itself.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Find out who else writes the policy: pipelines, Terraform or other people."
ASK = questions.SETUP
SEVERITY = "note"
MESSAGES = (
    Message(
        pattern=r"There were concurrent policy changes",
        side="Google Cloud",
        hop="permission",
        weight=3,
    ),
)
