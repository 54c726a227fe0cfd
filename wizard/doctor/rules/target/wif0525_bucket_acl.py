"""The bucket uses access control lists, with which federated identities do not work.

Cloud Storage accepts federated identities only for buckets with uniform bucket-level access.

To confirm this cause, run:

    gcloud storage buckets describe gs://BUCKET --format='value(uniform_bucket_level_access)'

Fix: turn on uniform bucket-level access, after you have moved the access control lists to IAM; or use a service
account.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at whether the bucket has uniform bucket-level access."
ASK = questions.WORKLOAD
UNSEEN = "A setup names projects, not buckets, and Cloud Storage refuses such a call as if a role were missing."
