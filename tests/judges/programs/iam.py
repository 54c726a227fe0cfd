"""google-cloud-iam, over gRPC."""

from google.cloud import iam_admin_v1

client = iam_admin_v1.IAMClient()
account = client.create_service_account(name="projects/acme-analytics", account_id="by-a-program")
print([each.email for each in client.list_service_accounts(name="projects/acme-analytics")])
