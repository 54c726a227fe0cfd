"""Someone else changed the policy at the same time.

To change a grant, a program reads and rewrites the whole IAM policy. If someone else writes the policy between these
two steps, the etag of the policy changes. Google Cloud then rejects the program's write, so that no grant is lost.

To see who changed the policy, find the SetIamPolicy entry in the audit log.

Fix: run the command again. wif-wizard apply reads the policy again automatically.
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
