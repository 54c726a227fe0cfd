"""The image of the one-off task cannot run the live test.

The image has no python3 in its PATH, its Python lacks a module of the standard library, it is for another CPU
architecture, or it needs more memory than the task has. The live test needs Python 3.8 or newer and nothing else.

To confirm this cause, read the stopped reason of the task and its log.

Fix: name an image with a complete Python 3.8 or newer for the CPU architecture of the workload in the setup: probe:
{image: IMAGE}.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at probe.image in the setup, and at the stopped reason of the task."
ASK = questions.DEFINITION
MESSAGES = (
    Message(
        pattern=r"""exec: ['\"]?python3['\"]?: executable file not found""",
        side="AWS",
        hop="task",
        weight=3,
    ),
    Message(
        pattern=r"\bexec \S{1,80}: exec format error\b",
        side="AWS",
        hop="task",
    ),
)
