"""A cloud refused a step of the credential chain, and no rule of the doctor explains the refusal.

The evidence quotes the answer of the cloud. The steps before the refused one work.

Fix: read the answer of the cloud, and check what it names. If the text is an error that others will see too, report it
together with the doctor's report.
"""

LOOK_AT = "Look at the answer of the cloud API, which the doctor quotes."
ASK = "Which credential configuration does the program use? Run: wif-wizard doctor CONFIG.json"
