"""Worlds for setups of workloads on AWS: what is there already, and what the setup wants."""

import json
from copy import deepcopy
from importlib.resources import files
from typing import Any

import yaml

from tests.oracles.by_hand.worlds import Json, World

PROJECT, ACCOUNT = "acme-analytics", "111122223333"
POOL, PROVIDER = "aws-prod", "aws-111122223333"
FILE = "clientLibraryConfig-aws-provider.json"
AUDIENCE = (
    f"//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/{POOL}/providers/{PROVIDER}"
)
PRINCIPAL = (
    f"principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/{POOL}"
    f"/attribute.aws_role/arn:aws:sts::{ACCOUNT}:assumed-role/rds-to-bigquery"
)
ROLE = (
    "assertion.arn.contains('assumed-role') ? assertion.arn.extract('{account_arn}assumed-role/') + 'assumed-role/' + "
    "assertion.arn.extract('assumed-role/{role_name}/') : assertion.arn"
)
OTHERS = {"google.subject": "assertion.arn", "attribute.aws_role": ROLE, "attribute.team": "'reports, and more'"}
"""A mapping that others need: it has an attribute more, and a comma in an expression."""
AWKWARD = {
    "Sid": "Theirs",
    "Effect": "Allow",
    "Principal": {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]},
    "Action": "sts:AssumeRole",
    "Condition": {"StringNotEquals": {"aws:userid": ["it's", "$HOME", "`id`", "EOF", 'a "b" \\n']}},
}
"""A statement of others, with everything that a shell could misread."""

_BASE: Json = yaml.safe_load(files("assets").joinpath("scenarios", "batch-bigquery.yaml").read_text(encoding="utf-8"))
EKS: Json = yaml.safe_load(files("assets").joinpath("scenarios", "eks-bigquery.yaml").read_text(encoding="utf-8"))


def scenario(project: Json | None = None, aws: Json | None = None, more: list[Json] | None = None) -> Json:
    """Return the scenario batch-bigquery, with more in its project and in AWS, and with more projects."""
    world = deepcopy(_BASE)
    first = world["google"]["projects"][0]
    for key, value in (project or {}).items():
        first[key] = first.get(key, []) + value
    world["google"]["projects"] += more or []
    world["aws"] |= aws or {}
    return world


def setup(aws: Json | None = None, google: Json | None = None, access: Json | None = None, file: str = FILE) -> str:
    """Return the text of a setup that grants two roles to one AWS role."""
    roles = ["roles/bigquery.dataEditor", "roles/bigquery.jobUser"]
    place = {"account": ACCOUNT, "region": "ap-northeast-1", "runtime": "batch-fargate", "role": "rds-to-bigquery"}
    document = {
        "version": 1,
        "mode": "aws",
        "aws": place | (aws or {}),
        "google": {"project": PROJECT, "pool": POOL, "provider": PROVIDER} | (google or {}),
        "access": {"via": "direct", "grants": [{"on": f"projects/{PROJECT}", "roles": roles}]} | (access or {}),
        "credential_config": file,
    }
    return yaml.safe_dump(document, sort_keys=False)


def pool(provider: Json | None = None, **more: Any) -> Json:
    """Return the pool, with one provider for the account."""
    there = {"id": PROVIDER, "aws": {"accountId": ACCOUNT}} | provider if provider is not None else None
    return {"pools": [{"id": POOL, "providers": [there] if there else []} | more]}


def trusting(*statements: Json, **more: Any) -> Json:
    """Return the role, with these statements in its trust policy."""
    trust = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"roles": [{"name": "rds-to-bigquery", "trust": trust} | more]}


TOPIC = "topics/orders"
IAM_ON = {"services": ["iam.googleapis.com"]}
THROUGH = {"via": "service-account", "service_account": "bq-loader"}
FOR_A_WHILE = {"title": "until, spring", "expression": "request.time < timestamp('2020-03-01T00:00:00Z')"}
OF_ANOTHER_ACCOUNT = {
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"aws:SourceAccount": "444455556666"}},
}
LEDGER = {
    "id": "acme-ledger",
    "number": "210987654321",
    "services": ["serviceusage.googleapis.com", "cloudresourcemanager.googleapis.com", "iam.googleapis.com"],
    "policy": [{"role": "roles/owner", "members": ["user:operator@acme.example"]}],
}
OLD_FILE = {
    "universe_domain": "googleapis.com",
    "type": "external_account",
    "audience": AUDIENCE,
    "subject_token_type": "urn:ietf:params:aws:token-type:aws4_request",
    "token_url": "https://sts.googleapis.com/v1/old",
    "quota_project_id": "acme-analytics",
    "credential_source": {"environment_id": "aws1", "region_url": "http://169.254.169.254/of-old", "of_the_team": 1},
}

OF_OTHERS = [
    {"name": "DB_PASSWORD", "value": "it's `a` $(secret) \\"},
    {"name": "GOOGLE_APPLICATION_CREDENTIALS", "value": "/secrets/key.json"},
]
"""Variables that are in a container already."""
RESOURCES = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]
JOB_DEFINITION: Json = {
    "jobDefinitionName": "nightly-load",
    "type": "container",
    "schedulingPriority": 5,
    "retryStrategy": {"attempts": 3},
    "timeout": {"attemptDurationSeconds": 600},
    "tags": {"team data": "loads", "cost:center": "a=b"},
    "propagateTags": True,
    "platformCapabilities": ["FARGATE"],
    "containerProperties": {
        "image": "acme/load:1",
        "command": ["sh", "-c", 'echo "$DB_PASSWORD"'],
        "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/rds-to-bigquery",
        "resourceRequirements": RESOURCES,
        "environment": OF_OTHERS,
        "secrets": [{"name": "GOOGLE_CLOUD_PROJECT", "valueFrom": "arn:aws:ssm:project"}],
    },
}
SEVERAL = {
    "jobDefinitionName": "several",
    "type": "container",
    "ecsProperties": {
        "taskProperties": [
            {
                "containers": [
                    {"name": name, "image": name, "resourceRequirements": RESOURCES, "environment": OF_OTHERS}
                    for name in ("proxy", "load", "logs")
                ],
            }
        ]
    },
}
TASK_DEFINITION = {
    "family": "orders",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "taskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/other",
    "tags": [{"key": "team data", "value": "loads"}],
    "containerDefinitions": [
        {"name": "proxy", "image": "acme/proxy:1"},
        {"name": "app", "image": "acme/orders:1", "environment": OF_OTHERS},
    ],
}
SERVICE = {"cluster": "prod", "serviceName": "orders", "taskDefinition": "orders", "desiredCount": 2}
FUNCTION = {
    "FunctionName": "loader",
    "Runtime": "python3.13",
    "Handler": "app.handler",
    "Role": f"arn:aws:iam::{ACCOUNT}:role/other",
    "Environment": {"Variables": {entry["name"]: entry["value"] for entry in OF_OTHERS}},
}
INSTANCE = "i-0123456789abcdef0"

WORLDS = (
    World("nothing", scenario(), setup()),
    World(
        "a service account and an instance profile",
        scenario(),
        setup({"runtime": "ec2", "imdsv2": True}, access=THROUGH | {"token_lifetime": 3600}),
    ),
    World(
        "a shared provider with a condition of others, and a comma in its mapping",
        scenario(
            {**IAM_ON, **pool({"attributeMapping": OTHERS, "attributeCondition": "attribute.team == 'it\\'s \"x\"'"})},
            trusting(AWKWARD),
        ),
        setup(file="with a blank/$(touch pwned) it's/`id`.json"),
        fixed=True,
    ),
    World(
        "half of it, and a file that others changed",
        scenario(
            {
                **IAM_ON,
                **pool({"disabled": True, "attributeMapping": OTHERS, "attributeCondition": "false"}),
                "service_accounts": [{"id": "bq-loader", "disabled": True}],
                "policy": [{"role": "roles/bigquery.jobUser", "members": ["user:operator@acme.example"]}],
            },
            trusting(OF_ANOTHER_ACCOUNT, path="/team/"),
        ),
        setup({"role": f"arn:aws:iam::{ACCOUNT}:role/team/rds-to-bigquery"}, access=THROUGH),
        {FILE: json.dumps(OLD_FILE)},
        fixed=True,
    ),
    World("a deleted pool", scenario({**IAM_ON, **pool({"attributeCondition": "false"}, deleted=True)}), setup()),
    World("a disabled pool", scenario({**IAM_ON, **pool({"attributeCondition": "false"}, disabled=True)}), setup()),
    World(
        "a deleted provider with a condition of others",
        scenario({**IAM_ON, **pool({"deleted": True, "attributeMapping": OTHERS, "attributeCondition": "false"})}),
        setup(),
    ),
    World("a provider without a mapping", scenario({**IAM_ON, **pool({"attributeCondition": "false"})}), setup()),
    World(
        "a list of roles in the condition",
        scenario(
            {
                **IAM_ON,
                **pool(
                    {"attributeMapping": OTHERS, "attributeCondition": f"attribute.aws_role in ['{PRINCIPAL}', 'x']"}
                ),
            }
        ),
        setup(),
    ),
    World(
        "a mapping and a condition of one's own",
        scenario(IAM_ON),
        setup(
            google={
                "attribute_mapping": OTHERS | {"attribute.note": "'a;b|c#d~e'", "attribute.pair": "'x=y'"},
                "attribute_condition": "attribute.team == 'reports, and more' && attribute.note != '$(id) `id` \"'",
            }
        ),
    ),
    World(
        "a role under a condition",
        scenario(
            {
                **IAM_ON,
                "policy": [
                    {
                        "role": "roles/bigquery.jobUser",
                        "members": ["user:operator@acme.example"],
                        "condition": FOR_A_WHILE,
                    },
                ],
            }
        ),
        setup(),
    ),
    World(
        "the profile has another role",
        scenario(
            aws={
                "roles": [{"name": "other", "service": "ec2.amazonaws.com"}],
                "instance_profiles": [{"name": "rds-to-bigquery", "role": "other"}],
            }
        ),
        setup({"runtime": "ec2"}),
    ),
    World(
        "grants on resources",
        scenario({"services": ["iam.googleapis.com", "pubsub.googleapis.com"], "resources": [{"name": TOPIC}]}),
        setup(access={"grants": [{"on": f"projects/{PROJECT}/{TOPIC}", "roles": ["roles/pubsub.publisher"]}]}),
    ),
    World("a name with signs", scenario(), setup({"role": "a+b=c,d.e@f-g", "runtime": "ec2"})),
    World("a role at a path", scenario(), setup({"role": f"arn:aws:iam::{ACCOUNT}:role/a/b$c'd/rds-to-bigquery"})),
    World("a Lambda function", scenario(aws=trusting(AWKWARD)), setup({"runtime": "lambda"})),
    World(
        "a pool and an account in another project",
        scenario(more=[LEDGER]),
        setup(
            google={"pool_project": "acme-ledger"},
            access={"via": "service-account", "service_account": "loader@acme-ledger.iam.gserviceaccount.com"},
        ),
    ),
    World(
        "a job definition that has the role as its execution role",
        scenario(aws=trusting(AWKWARD) | {"job_queues": ["nights"], "job_definitions": [JOB_DEFINITION]}),
        setup({"job_definition": "nightly-load"}),
    ),
    World(
        "a job definition of several containers, and the content of the file in a variable",
        scenario(aws=trusting(AWKWARD) | {"job_definitions": [SEVERAL]}),
        setup(
            {
                "job_definition": f"arn:aws:batch:ap-northeast-1:{ACCOUNT}:job-definition/several:1",
                "container": "load",
                "runtime": "batch-ec2",
                "config_delivery": "environment",
            }
        ),
    ),
    World(
        "a task definition and its service",
        scenario(
            aws={
                "roles": [{"name": "other", "service": "ecs-tasks.amazonaws.com"}],
                "clusters": ["prod"],
                "task_definitions": [TASK_DEFINITION],
                "services": [SERVICE],
            }
        ),
        setup(
            {
                "runtime": "ecs-fargate",
                "task_definition": "orders",
                "container": "app",
                "services": ["prod/orders"],
            }
        ),
        fixed=True,
    ),
    World(
        "a function with variables of others",
        scenario(
            aws={
                "roles": [{"name": "other", "service": "lambda.amazonaws.com"}],
                "functions": [FUNCTION],
            }
        ),
        setup({"runtime": "lambda", "function": "loader"}),
    ),
    World(
        "an instance that has another profile, and a container on it",
        scenario(
            aws={
                "roles": [{"name": "other", "service": "ec2.amazonaws.com"}],
                "instance_profiles": [{"name": "others", "role": "other"}],
                "instances": [{"id": INSTANCE, "instance_profile": "others"}],
            }
        ),
        setup({"runtime": "ec2", "instance": INSTANCE, "containerized": True}),
    ),
    World(
        "an instance without a profile",
        scenario(aws={"instances": [{"id": INSTANCE}]}),
        setup({"runtime": "ec2", "instance": INSTANCE}),
    ),
    World("pods on EKS", EKS, EKS["setup"].replace("- on:", '- "on":'), fixed=True),
    World("the half on AWS, with the other handed over", scenario(), setup(access=THROUGH), only="aws"),
    World("the half on Google Cloud, with the other handed over", scenario(), setup({"runtime": "ec2"}), only="google"),
    World(
        "a handed-over half that is partly there",
        scenario({**IAM_ON, **pool({"attributeMapping": OTHERS, "attributeCondition": "false"})}, trusting(AWKWARD)),
        setup(),
        only="aws",
    ),
)
