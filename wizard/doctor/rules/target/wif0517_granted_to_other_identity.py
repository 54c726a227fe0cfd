"""The role is granted to the workload, but the workload calls as a service account.

With impersonation, Google Cloud sees the service account and not the workload. Roles of the workload itself have no
effect then. Without impersonation it is the other way round.

To see who calls, look at principalEmail or principalSubject in the audit log of the target.

Fix: grant the role to the service account with wif-wizard apply, or set access.via to direct.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Find out which identity calls the target: the workload or a service account."
ASK = questions.WORKLOAD
