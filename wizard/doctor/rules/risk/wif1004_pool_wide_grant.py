"""A role is granted to all identities of the pool.

principalSet://.../POOL/* names every identity that any provider of the pool admits, now and later. A provider that
someone adds for another purpose gives its users this role too.

To confirm this cause, look for members that end with /* in:

    gcloud projects get-iam-policy PROJECT

Fix: grant the role to the workload's own member, then remove the member that ends with /*.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look for policy members that end with /*."
ASK = questions.WORKLOAD
SEVERITY = "risk"
