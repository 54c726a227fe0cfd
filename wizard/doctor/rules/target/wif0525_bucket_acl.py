"""The bucket uses access control lists, which do not support federated identities.

Cloud Storage supports federated identities only for buckets with uniform bucket-level access.

To confirm this cause, run:

    gcloud storage buckets describe gs://BUCKET --format='value(uniform_bucket_level_access)'

Fix: replace the access control lists with IAM grants, then enable uniform bucket-level access. Alternatively,
impersonate a service account.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Check whether the bucket has uniform bucket-level access."
ASK = questions.WORKLOAD
UNSEEN = (
    "A setup names projects, not buckets. For this cause, Cloud Storage returns the same error as for a missing role."
)
