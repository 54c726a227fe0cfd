"""The image of the one-off task cannot run the live test.

The image has no python3 in its PATH, or the standard library of Python in the image is not complete. Other possible
causes are an image for a different CPU architecture, and too little memory for the task. The live test needs only
Python 3.8 or newer.

To confirm this cause, read the stopped reason and the log of the task.

Fix: in the setup, name an image with a complete installation of Python 3.8 or newer for the CPU architecture of the
workload: probe: {image: IMAGE}.
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
