"""The grant on the service account names the workload, but is not effective.

IAM stores a grant immediately. The grant usually becomes effective after about 2 minutes, but sometimes takes 7 minutes
or more. Until the grant is effective, IAM returns the same error as without the grant. If the grant is not recent, a
condition on the binding or a deny policy can be the cause.

The doctor looks for the age of the grant in the wizard's journal, then in the audit log of the service account's
project. To read the audit log yourself, run:

    gcloud logging read 'protoPayload.methodName:"SetIamPolicy"' --freshness=15m --project=PROJECT

Fix: test again in a few minutes. If the test still fails, look for a condition on the binding and for deny policies.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Check when the role was granted."
ASK = questions.WORKLOAD
