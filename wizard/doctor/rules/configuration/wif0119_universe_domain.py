"""The universe domain of the credential configuration does not match the universe domain of the client.

universe_domain names the universe to which the credentials belong. In the public Google Cloud universe, universe_domain
is googleapis.com. A client for one universe rejects the credentials of a different universe.

To confirm this cause, look at universe_domain in the file, and at GOOGLE_CLOUD_UNIVERSE_DOMAIN in the environment.

Fix: generate the credential configuration again for the universe of the program. gcloud reads the universe from the
property core/universe_domain.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at universe_domain in the credential configuration."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"configured universe domain \((?P<wanted>[^)]*)\) does not match the universe domain "
        r"found in the credentials \((?P<universe>[^)]*)\)",
        side="the program's auth library",
        hop="config",
        weight=2,
    ),
)
