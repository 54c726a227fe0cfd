"""The auth library for Node.js uses an expired session token of the metadata service.

Version 9 of google-auth-library for Node.js keeps the session token of IMDSv2, and does not renew it. The program
works for about an hour, and then fails at each refresh until it restarts.

To confirm this cause, look at the version of google-auth-library in the program.

Fix: update google-auth-library to the current version.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Check the version of google-auth-library, and how long the program ran before the call failed."
ASK = questions.INSIDE
