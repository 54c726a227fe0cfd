"""The credential configuration does not name Google's token service.

token_url must be https://sts.googleapis.com/v1/token, or the URL of a regional token service. The file contains a
different URL, for example the URL of another step in the credential chain, another cloud or a test environment.

To confirm this cause, look at token_url in the file.

Fix: generate the credential configuration again with wif-wizard apply or gcloud.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at token_url in the credential configuration."
ASK = questions.CONFIGURATION
