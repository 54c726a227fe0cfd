"""The grants name a service account that was deleted and created again.

A policy knows a service account by its unique ID. When an account is deleted, its grants stay as
deleted:serviceAccount:EMAIL?uid=..., and a new account with the same address does not get them.

To confirm this cause, look for "deleted:" in:

    gcloud projects get-iam-policy PROJECT

Fix: grant the roles again, to the new account, with wif-wizard apply.
"""

from wizard.doctor.rules import questions

LOOK_AT = 'Look for policy members that begin with "deleted:".'
ASK = questions.ACCOUNT
