"""The role does not contain a permission that the workload needs.

The workload has the role that the setup names, but needs a permission that the role does not contain. For example, the
role is a custom role without the permission. A workload with roles/bigquery.dataEditor also needs a role such as
roles/bigquery.jobUser to run queries.

To see the permissions of a role, run:

    gcloud iam roles describe ROLE

Fix: add a role with the permission to the setup, then run wif-wizard apply. Alternatively, add the permission to the
custom role.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles of the workload, or of the service account that it impersonates, on the target's project."
ASK = questions.WORKLOAD
