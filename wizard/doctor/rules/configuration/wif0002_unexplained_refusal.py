"""A step of the credential chain failed, and no rule of the doctor explains the failure.

The evidence quotes the cloud's answer. The steps before the failed step passed.

Fix: read the cloud's answer, and check the resources that the answer names. If other users could see the same error,
report the error to the maintainers of wif-wizard, and attach the doctor's report.
"""

LOOK_AT = "Look at the cloud API's answer, which the doctor quotes."
ASK = "Find the credential configuration that the program uses, and run: wif-wizard doctor CONFIG.json"
