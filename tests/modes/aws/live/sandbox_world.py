"""Tests in a sandbox: the configuration, the facts and the place of each."""

import json
import os
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.chain.target import Target, WantedRole
from wizard.clouds.aws import Aws
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.modes.aws.live.facts import AwsTest, ProviderFacts
from wizard.modes.aws.live.places import WorkloadRole

WORLD = Path(__file__).with_name("world.yaml")
ACCOUNT, REGION, ROLE = "111122223333", "ap-northeast-1", "rds-to-bigquery"
JOBS = "bigquery.jobs.create"
WAY_OUT = ("HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE")
"""The variables of a program's way to the clouds that its environment keeps."""


@dataclass(frozen=True)
class World:
    """A running sandbox, by the variables that lead to it."""

    variables: dict[str, str]

    @property
    def metadata(self) -> str:
        """Where the sandbox's own metadata services are: the URL."""
        return self.variables["HTTPS_PROXY"]

    @property
    def aws(self) -> Aws:
        """The operator's calls."""
        return Aws(os.environ, REGION)

    def config(self, provider: str = "good", pool: str = "aws-prod", number: str = "123456789012", **options: Any):
        """The credential configuration for a provider, as the wizard writes it."""
        name = ProviderName(PoolName(number, pool), provider)
        if account := options.pop("account", None):
            options["service_account"] = f"{account}@acme-analytics.iam.gserviceaccount.com"
        return credential_config(name, **options)

    def inside_config(self, **options: Any) -> dict[str, Any]:
        """The same, with the sandbox's instance metadata in place of the link-local one, which no test may ask."""
        document = self.config(**options)
        source = document["credential_source"]
        for name in source.keys() & {"url", "region_url", "imdsv2_session_token_url"}:
            source[name] = source[name].replace("http://169.254.169.254", self.metadata)
        return document

    def test(self, config: dict[str, Any], provider: ProviderFacts | None = None, **more: Any) -> AwsTest:
        """A test that wants to run BigQuery jobs."""
        given: dict[str, Any] = {
            "targets": (Target("acme-analytics", (WantedRole("roles/bigquery.jobUser", (JOBS,)),)),),
            "bigquery_project": "acme-analytics",
        }
        return AwsTest(config=config, provider=provider or ProviderFacts(ACCOUNT), **{**given, **more})

    def workload_environment(self, **more: str) -> dict[str, str]:
        """The least environment in which a workload reaches this sandbox; no credentials."""
        return {
            "PATH": os.environ["PATH"],
            "AWS_REGION": REGION,
            **{name: self.variables[name] for name in WAY_OUT},
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            **more,
        }

    def session(self, role: str = ROLE) -> dict[str, str]:
        """Environment keys of a role session."""
        arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
        answer = self.aws.call("sts", "assume_role", RoleArn=arn, RoleSessionName="0123456789abcdef0123456789abcdef")
        keys = answer["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        }

    def task_environment(self, form: str) -> dict[str, str]:
        """Start an ECS task, and give the variables of its container."""
        subnet = self.aws.call("ec2", "describe_subnets")["Subnets"][0]["SubnetId"]
        network = {"awsvpcConfiguration": {"subnets": [subnet]}}
        started = {"cluster": "default", "taskDefinition": "loader", "launchType": "FARGATE"}
        task = self.aws.call("ecs", "run_task", **started, networkConfiguration=network)
        return self.environment_of(task["tasks"][0]["taskArn"], form)

    def environment_of(self, arn: str, form: str) -> dict[str, str]:
        """The variables of a task's container."""
        url = f"{self.metadata}/_sandbox/tasks/{arn.rsplit('/', 1)[1]}/environment?form={form}"
        token = self.variables["WIF_WIZARD_SANDBOX_TOKEN"]
        with urllib.request.urlopen(urllib.request.Request(url, headers={"x-sandbox-token": token})) as answer:
            return dict(json.load(answer))


def workload(runtime: str = "batch-fargate", role: str = ROLE) -> WorkloadRole:
    """The workload of these tests."""
    return WorkloadRole(ACCOUNT, role, runtime, REGION)


ALL_OK_DIRECT = {
    "config": "ok",
    "aws-credentials": "ok",
    "caller-identity": "ok",
    "principal": "ok",
    "exchange": "ok",
    "impersonation": "skipped",
    "permission": "ok",
    "application": "ok",
}
ALL_OK_IMPERSONATED = {**ALL_OK_DIRECT, "impersonation": "ok"}
