"""A cloud refused a step of the credential chain, and no rule of the doctor explains the refusal.

The evidence quotes the cloud's answer. The steps before the refused step passed.

Fix: read the cloud's answer, and check the resources that the answer names. If other users could see the same error,
report the error together with the doctor's report.
"""

LOOK_AT = "Look at the answer of the cloud API, which the doctor quotes."
ASK = "Which credential configuration does the program use? Run: wif-wizard doctor CONFIG.json"
