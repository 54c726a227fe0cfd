"""A program that was never told of the sandbox."""

import google.auth
from google.cloud import bigquery

credentials, project = google.auth.default()
client = bigquery.Client(project, credentials)
print(client.query("SELECT 1", job_config=bigquery.QueryJobConfig(dry_run=True)).state)
