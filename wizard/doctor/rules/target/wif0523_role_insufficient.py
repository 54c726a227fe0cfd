"""The role does not contain a permission that the workload needs.

The workload has the role that the setup names, but needs a permission that the role does not contain. For example, a
custom role does not contain the permission, or the workload has roles/bigquery.dataEditor without
roles/bigquery.jobUser, and cannot run queries.

To see the permissions of a role, run:

    gcloud iam roles describe ROLE

Fix: add a role with the permission to the setup, then run wif-wizard apply. Alternatively, add the permission to the
custom role.
"""

from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the roles of the workload, or of the service account that it impersonates, on the project of the target."
)
ASK = questions.WORKLOAD
