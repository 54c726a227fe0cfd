"""The workload has the role, but calls the target as a service account.

With impersonation, Google Cloud checks the roles of the service account on the target, not the roles of the workload.
Without impersonation, Google Cloud checks the roles of the workload on the target, not the roles of the service
account.

To see the caller, look at principalEmail or principalSubject in the audit log of the target.

Fix: grant the role to the service account with wif-wizard apply, or set access.via to direct.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Find out which identity calls the target: the workload or a service account."
ASK = questions.WORKLOAD
