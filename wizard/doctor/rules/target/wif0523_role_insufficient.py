"""The role does not contain a permission that the workload needs.

The workload has the role that the setup names, but needs a permission that the role does not contain. For example, the
role is a custom role without the permission. A workload that has roles/bigquery.dataEditor, but not
roles/bigquery.jobUser, cannot run queries.

To see the permissions of a role, run:

    gcloud iam roles describe ROLE

Fix: add a role with the permission to the setup, then run wif-wizard apply. Alternatively, add the permission to the
custom role.
"""

from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the roles that the workload, or the service account that it impersonates, has on the target's project."
)
ASK = questions.WORKLOAD
