"""A command enables too many APIs in one call.

A call to services.batchEnable can enable at most 20 APIs. With more than 20 APIs, the whole call fails.

To confirm this cause, count the APIs in the call.

Fix: enable at most 20 APIs in one call, as wif-wizard apply does.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Count the APIs in the call."
ASK = questions.SETUP
SEVERITY = "note"
UNSEEN = (
    "Google Cloud does not document this error message, and wif-wizard apply never enables more than 20 APIs in one "
    "call."
)
