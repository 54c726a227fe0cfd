"""The credential configuration does not read the token of the pod from a file.

A pod on EKS proves its identity with a token that the cluster projects into a file. The credential configuration has a
different credential source, such as AWS, or a subject_token_type that is not JWT.

To confirm this cause, look at two fields of the file. credential_source.file must be the path of the projected token,
and subject_token_type must be urn:ietf:params:oauth:token-type:jwt.

Fix: generate the credential configuration with runtime: eks in the setup and wif-wizard apply, then mount the file in
the pod.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at credential_source and subject_token_type in the credential configuration."
ASK = questions.CONFIGURATION
