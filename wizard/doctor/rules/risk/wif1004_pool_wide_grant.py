"""An IAM policy grants a role to all identities of the pool.

principalSet://.../POOL/* names every identity that any provider of the pool allows, now and in the future. If someone
adds a provider for a different purpose, the identities of the new provider also get this role.

To confirm this cause, look for members that end with /* in the output of this command:

    gcloud projects get-iam-policy PROJECT

Fix: grant the role to the workload's own member, then remove the member that ends with /*.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look for policy members that end with /*."
ASK = questions.WORKLOAD
SEVERITY = "risk"
