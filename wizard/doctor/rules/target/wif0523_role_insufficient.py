"""The role lacks a permission that the workload needs.

The workload has the role that was asked for, and the job needs more. A custom role without the permission is one case;
another is roles/bigquery.dataEditor without roles/bigquery.jobUser, with which no query can run.

To see the permissions of a role, run:

    gcloud iam roles describe ROLE

Fix: add a role that has the permission to the setup, then run wif-wizard apply; or add the permission to the custom
role.
"""

from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the roles of the workload, or of the service account that it impersonates, on the project of the target."
)
ASK = questions.WORKLOAD
