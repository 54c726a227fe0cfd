"""The credential configuration would send tokens to a host that is not Google's or AWS's.

The file names the hosts to which the auth library sends the credentials of the workload: token_url,
service_account_impersonation_url and the addresses in credential_source. One of them is not a known host. A file from
an unknown source can direct tokens to a stranger.

To confirm this cause, look at each address in the file.

Fix: do not use this file. Generate a new credential configuration with wif-wizard apply or gcloud.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the addresses in the credential configuration."
ASK = questions.CONFIGURATION
