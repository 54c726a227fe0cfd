"""No server answers at the local address that the credential configuration names for AWS credentials.

The credential configuration names a local address at which wif-wizard serve-credentials serves the credentials of the
container. No program listens at this address: the workload's program was started without serve-credentials, or no
sidecar in the task or pod runs serve-credentials.

To confirm this cause, look at credential_source.url in the file, and look for a listening process in the workload.

Fix: start the program with wif-wizard serve-credentials, or run serve-credentials in a sidecar.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at credential_source.url in the credential configuration."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"host='?(127\.0\.0\.1|localhost)'?, port=(?P<port>\d+)\): Max retries exceeded with url: " r"/latest/",
        side="the program's auth library",
        hop="application",
        weight=2,
    ),
    Message(
        pattern=r"(127\.0\.0\.1|localhost):\d+/latest/\S* ?.{0,80}?(connection refused|ECONNREFUSED)",
        side="the program's auth library",
        hop="application",
        weight=2,
    ),
)
