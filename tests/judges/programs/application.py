"""An application with the file that `wif-wizard apply` wrote, unchanged, and the keys of its role."""

import os

import boto3
import google.auth
from google.auth.transport.requests import AuthorizedSession

role = boto3.client("iam").get_role(RoleName="rds-to-bigquery")["Role"]
keys = boto3.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="0123456789abcdef0123456789abcdef")
for name, key in (("ACCESS_KEY_ID", "AccessKeyId"), ("SECRET_ACCESS_KEY", "SecretAccessKey")):
    os.environ[f"AWS_{name}"] = keys["Credentials"][key]
os.environ["AWS_SESSION_TOKEN"] = keys["Credentials"]["SessionToken"]

credentials, _ = google.auth.load_credentials_from_file(
    "clientLibraryConfig-aws-provider.json", scopes=["https://www.googleapis.com/auth/cloud-platform"]
)
answer = AuthorizedSession(credentials).post(
    "https://bigquery.googleapis.com/bigquery/v2/projects/acme-analytics/queries",
    json={"query": "SELECT 1", "dryRun": True, "useLegacySql": False},
)
answer.raise_for_status()
print(answer.status_code)
