"""The credential configuration does not tell the auth library to read the pod's token from a file.

A pod on EKS proves its identity with a token that the cluster projects into a file. The credential configuration has a
different credential source, such as AWS, or a subject_token_type that is not JWT.

To confirm this cause, look at two fields of the file. credential_source.file must be the path of the projected token,
and subject_token_type must be urn:ietf:params:oauth:token-type:jwt.

Fix: set runtime: eks in the setup, run wif-wizard apply, and mount the generated credential configuration in the pod.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at credential_source and subject_token_type in the credential configuration."
ASK = questions.CONFIGURATION
