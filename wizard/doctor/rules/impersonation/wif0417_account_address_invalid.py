"""The email address of the service account or the lifetime of its token is not valid.

IAM answers INVALID_ARGUMENT. The address in the credential configuration has a stray quote or space, or the lifetime
is over 3,600 s without the organization policy that permits it.

To confirm this cause, look at service_account_impersonation_url and token_lifetime_seconds in the file.

Fix: correct the address in the setup, then run wif-wizard apply; use a lifetime of at most 3,600 s.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at service_account_impersonation_url in the credential configuration."
ASK = questions.CONFIGURATION
