"""Too many APIs are enabled in one call.

A call of services.batchEnable takes at most 20 APIs, and fails as a whole with more.

To confirm this cause, count the APIs in the call.

Fix: enable at most 20 APIs in one call. wif-wizard apply does.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Count the APIs in the call."
ASK = questions.SETUP
SEVERITY = "note"
UNSEEN = "Google Cloud does not publish the words of this refusal, and wif-wizard apply never sends such a call."
