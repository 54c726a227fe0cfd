"""The grants name an earlier, deleted service account with the same email address.

An IAM policy identifies a service account by its unique ID. If you delete a service account, its grants stay in the
policy as deleted:serviceAccount:EMAIL?uid=.... A recreated service account with the same email address does not get
these grants.

To confirm this cause, look for "deleted:" in the output of this command:

    gcloud projects get-iam-policy PROJECT

Fix: grant the roles to the new service account with wif-wizard apply.
"""

from wizard.doctor.rules import questions

LOOK_AT = 'Look for policy members that begin with "deleted:".'
ASK = questions.ACCOUNT
