"""Programs that run as workloads of a sandbox process, by the sandbox's own calls."""

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.operators import boto
from wizard.sandbox.process import Sandbox

SCENARIO = """
title: one project and one account, with a role that tasks and instances have
google:
  operator: user:operator@acme.example
  projects:
  - id: acme-analytics
    number: "123456789012"
    services: [bigquery.googleapis.com, iam.googleapis.com, iamcredentials.googleapis.com, sts.googleapis.com]
    policy:
    - {role: roles/owner, members: ["user:operator@acme.example"]}
    - role: roles/bigquery.jobUser
      members: ["principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-prod/attribute.aws_role/arn:aws:sts::111122223333:assumed-role/loader"]
    pools:
    - id: aws-prod
      providers: [{id: the-account, aws: {accountId: "111122223333"}}]
aws:
  account: "111122223333"
  region: ap-northeast-1
  operator: operator
  roles:
  - name: loader
    trust:
      Version: "2012-10-17"
      Statement:
      - {Effect: Allow, Principal: {Service: [ecs-tasks.amazonaws.com, ec2.amazonaws.com]}, Action: "sts:AssumeRole"}
  instance_profiles: [{name: loader, role: loader}]
  instances: [{instance_profile: loader, metadata_options: {HttpTokens: required}}]
  clusters: [default]
"""
ROLE = "arn:aws:iam::111122223333:role/loader"
SESSIONS = "arn:aws:sts::111122223333:assumed-role/loader"

LIMIT = 60
"""Seconds that one program may take."""


@dataclass(frozen=True)
class Workloads:
    """The workloads of one sandbox."""

    sandbox: Sandbox

    def call(self, path: str, body: Any, token: str | None = None) -> tuple[int, Any]:
        """One call below /_sandbox/: status and document."""
        variables = self.sandbox.variables
        headers = {"x-sandbox-token": variables["WIF_WIZARD_SANDBOX_TOKEN"] if token is None else token}
        url = f"{variables['HTTPS_PROXY']}/_sandbox/{path}"
        request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=LIMIT) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def run(self, kind: str, name: str, *command: str) -> tuple[int, str]:
        """Run a program as one of the `tasks` or `instances`: exit code and output."""
        status, document = self.call(f"{kind}/{name}/run", {"command": command})
        assert status == 200, document
        return document["exit_code"], document["output"]

    def ok(self, kind: str, name: str, *command: str) -> str:
        """Run a program, which must succeed: its output."""
        code, output = self.run(kind, name, *command)
        assert code == 0, output
        return output

    def client(self, service: str) -> Any:
        """A client of the operator."""
        return boto(self.sandbox.variables, service)

    def task(self, command: Sequence[str] = ("sleep", "infinity")) -> str:
        """Start a task of the role on Fargate: its id."""
        container = {"name": "app", "image": "python:3.12", "memory": 512, "command": list(command)}
        fargate = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512"}
        ecs = self.client("ecs")
        made = ecs.register_task_definition(family="app", taskRoleArn=ROLE, containerDefinitions=[container], **fargate)
        subnet = self.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
        network = {"awsvpcConfiguration": {"subnets": [subnet]}}
        revision = made["taskDefinition"]["taskDefinitionArn"]
        started = ecs.run_task(
            cluster="default", taskDefinition=revision, launchType="FARGATE", networkConfiguration=network
        )
        return str(started["tasks"][0]["taskArn"]).rpartition("/")[2]

    def instance(self) -> str:
        """The id of the first instance."""
        reservations = self.client("ec2").describe_instances()["Reservations"]
        return str(reservations[0]["Instances"][0]["InstanceId"])
