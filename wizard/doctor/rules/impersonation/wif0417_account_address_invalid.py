"""The email address of the service account or the lifetime of its token is not valid.

IAM returns INVALID_ARGUMENT. The email address in the credential configuration contains an extra quote or space, or the
lifetime is longer than 3,600 s without an organization policy that allows a longer lifetime.

To confirm this cause, check service_account_impersonation_url and token_lifetime_seconds in the credential
configuration.

Fix: correct the email address in the setup, or set a lifetime of at most 3,600 s, then run wif-wizard apply.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at service_account_impersonation_url in the credential configuration."
ASK = questions.CONFIGURATION
