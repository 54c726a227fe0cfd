"""The credential configuration tells the auth library to send tokens to a host that does not belong to Google or AWS.

The auth library sends the credentials of the workload to the hosts in token_url, service_account_impersonation_url and
credential_source. At least one of these hosts is not a known host of Google or AWS. A file from an unknown source can
cause the auth library to send your tokens to an attacker.

To confirm this cause, look at each address in the file.

Fix: do not use this file. Generate a new credential configuration with wif-wizard apply or gcloud.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the addresses in the credential configuration."
ASK = questions.CONFIGURATION
