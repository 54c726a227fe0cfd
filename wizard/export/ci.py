"""The workflow that checks the setup regularly, and the commands that create its identity without a key."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wizard.engine.resource import Resource
from wizard.federation import aws
from wizard.outside.text import one_line
from wizard.resources.aws_role import InstanceProfile, Role
from wizard.resources.ec2_instance import Ec2Instance
from wizard.resources.ecs_service import EcsService
from wizard.resources.job_definition import JobDefinition
from wizard.resources.lambda_function import LambdaFunction
from wizard.resources.namespace import Namespace
from wizard.resources.oidc_provider import OidcProvider, ServiceAccountTokens
from wizard.resources.resource_grants import ResourceGrants
from wizard.resources.task_definition import TaskDefinition
from wizard.setup.resource_types import DATASET
from wizard.setup.yaml_text import Block, as_yaml

WORKFLOW, CI_GUIDE = ".github/workflows/workload-identity.yml", "ci.md"

READ_ROLES = (
    "roles/browser",
    "roles/iam.securityReviewer",
    "roles/iam.serviceAccountViewer",
    "roles/iam.workloadIdentityPoolViewer",
    "roles/serviceusage.serviceUsageConsumer",
)
"""What `plan` needs on each project of a setup."""
DATASET_ROLE = "roles/bigquery.metadataViewer"
"""What `plan` needs to read the access list of a dataset."""
CLUSTER_TEST_ROLE = "roles/container.developer"
_CALLERS = (
    "events:ListEventBuses",
    "events:ListRules",
    "events:ListTargetsByRule",
    "pipes:DescribePipe",
    "pipes:ListPipes",
    "scheduler:GetSchedule",
    "scheduler:ListSchedules",
    "states:DescribeStateMachine",
    "states:ListStateMachines",
)
"""What tells who uses a revision of a definition."""
READ_ACTIONS: dict[type[Resource], tuple[str, ...]] = {
    Role: ("iam:GetRole",),
    InstanceProfile: ("iam:GetInstanceProfile",),
    JobDefinition: ("batch:DescribeJobDefinitions", "batch:DescribeJobQueues", "batch:ListJobs", *_CALLERS),
    TaskDefinition: (
        "ecs:DescribeTaskDefinition",
        "ecs:ListClusters",
        "ecs:ListServices",
        "ecs:DescribeServices",
        *_CALLERS,
    ),
    EcsService: ("ecs:DescribeServices",),
    LambdaFunction: ("lambda:GetFunctionConfiguration", "lambda:ListAliases", "lambda:ListTags"),
    Ec2Instance: ("ec2:DescribeInstances", "ec2:DescribeIamInstanceProfileAssociations"),
    OidcProvider: ("eks:DescribeCluster", "eks:ListPodIdentityAssociations"),
}
"""The AWS actions that `plan` needs, by kind of resource."""
TEST_ACTIONS = ("iam:GetRole", "iam:UpdateAssumeRolePolicy", "sts:AssumeRole")

_GUIDE = """\
# The identity of the workflow

The workflow `{workflow}` signs in with GitHub's OIDC token, without a key. An
administrator runs the following commands once. Replace `OWNER/NAME` with the owner and the name of your repository.
Only workflows on the branch `main` of this repository can sign in.

## Google Cloud

You need `roles/iam.workloadIdentityPoolAdmin`, `roles/iam.serviceAccountAdmin` and
`roles/resourcemanager.projectIamAdmin` on the project {project}.

```sh
REPOSITORY=OWNER/NAME
PROJECT={project}
NUMBER=$(gcloud projects describe "$PROJECT" --format='value(projectNumber)')
POOL="projects/$NUMBER/locations/global/workloadIdentityPools/github-actions"
ACCOUNT="wif-wizard-ci@$PROJECT.iam.gserviceaccount.com"
gcloud services enable iam.googleapis.com iamcredentials.googleapis.com sts.googleapis.com --project="$PROJECT"
gcloud iam workload-identity-pools create github-actions --location=global --project="$PROJECT"
gcloud iam workload-identity-pools providers create-oidc github-actions --location=global \\
  --workload-identity-pool=github-actions --project="$PROJECT" \\
  --issuer-uri=https://token.actions.githubusercontent.com \\
  --attribute-mapping=google.subject=assertion.sub,attribute.repository=assertion.repository \\
  --attribute-condition="assertion.repository == '$REPOSITORY' && assertion.ref == 'refs/heads/main'"
gcloud iam service-accounts create wif-wizard-ci --project="$PROJECT"
gcloud iam service-accounts add-iam-policy-binding "$ACCOUNT" --project="$PROJECT" \\
  --role=roles/iam.workloadIdentityUser --condition=None \\
  --member="principalSet://iam.googleapis.com/$POOL/attribute.repository/$REPOSITORY"
for PLACE in {projects}; do
  for ROLE in {roles}; do
    gcloud projects add-iam-policy-binding "$PLACE" --role="$ROLE" --member="serviceAccount:$ACCOUNT" --condition=None
  done
done
echo "GOOGLE_WORKLOAD_IDENTITY_PROVIDER=$POOL/providers/github-actions"
echo "GOOGLE_SERVICE_ACCOUNT=$ACCOUNT"
```

{needs}{aws}
## GitHub

The commands print names and values. Create a repository variable for each name, for example with
`gh variable set NAME --body VALUE`. Also create the variable `WIF_WIZARD_PACKAGE`.
"""
_NEEDS = """\
With these roles, the workflow can read resources, and cannot change resources. The test calls Google Cloud as the
workload, so the workflow needs no other roles.
"""
_CLUSTER_NEEDS = """\
`roles/container.developer` lets the test get a token of the Kubernetes service account, and run one pod. If
you want a workflow that only reads, use `roles/container.viewer` instead of `roles/container.developer`, and delete the
steps "Test" and "Keep the results" of the workflow. If the cluster has a private control plane, the workflow needs a
runner that can reach the control plane.
"""
_AWS = """
## AWS

If the account already has the OIDC provider `token.actions.githubusercontent.com`, skip the first command.

```sh
REPOSITORY=OWNER/NAME
ACCOUNT={account}
aws iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com \\
  --client-id-list sts.amazonaws.com
aws iam create-role --role-name wif-wizard-ci --assume-role-policy-document '{trust}'
aws iam put-role-policy --role-name wif-wizard-ci --policy-name check-workload-identity --policy-document '{policy}'
echo "AWS_ROLE=arn:{partition}:iam::$ACCOUNT:role/wif-wizard-ci"
```
"""
_WITH_ROLE = """
The test gets credentials of the workload's role with `sts:AssumeRole`. If the trust policy of the workload's role does
not name the workflow's role, the test adds a statement to the trust policy, and removes the statement at the end. If
you want a workflow that only reads, delete the second statement of the policy above, and the steps "Test" and "Keep the
results" of the workflow.
"""
_WITH_CLUSTER = """
The test gets a token of the workload's Kubernetes service account. An administrator of the cluster {cluster} gives the
workflow's role these permissions, and no others:

```sh
ACCOUNT={account}
aws eks create-access-entry --cluster-name {cluster} --region {region} \\
  --principal-arn arn:{partition}:iam::$ACCOUNT:role/wif-wizard-ci --kubernetes-groups wif-wizard-ci
kubectl create role wif-wizard-ci --namespace={namespace} --verb=get \\
  --resource=serviceaccounts --resource-name={service_account}
kubectl create role wif-wizard-ci-token --namespace={namespace} --verb=create \\
  --resource=serviceaccounts/token --resource-name={service_account}
kubectl create rolebinding wif-wizard-ci --namespace={namespace} --role=wif-wizard-ci --group=wif-wizard-ci
kubectl create rolebinding wif-wizard-ci-token --namespace={namespace} --role=wif-wizard-ci-token --group=wif-wizard-ci
```

Access entries require that the cluster has the authentication mode `API` or `API_AND_CONFIG_MAP`. If the cluster has
only a private endpoint, the workflow needs a runner that can reach the endpoint.
"""


@dataclass(frozen=True)
class PlaceInAws:
    """The account and the region of a workload. `role` is its role, and `tokens` are those of a pod on EKS."""

    account: str
    region: str
    role: Role | None = None
    tokens: ServiceAccountTokens | None = None


def place_in_aws(resources: Iterable[Resource]) -> PlaceInAws | None:
    """Return where the workload runs in AWS; None if it runs elsewhere."""
    for resource in resources:
        if isinstance(resource, Role):
            return PlaceInAws(resource.account, resource.region, role=resource)
        if isinstance(resource, OidcProvider):
            return PlaceInAws(resource.tokens.account, resource.tokens.region, tokens=resource.tokens)
    return None


def workflow(region: str) -> str:
    """Return a workflow that runs plan and test on weekdays. With a `region`, it also has a role in AWS."""
    google: dict[str, Any] = {
        "uses": "google-github-actions/auth@v3",
        "with": {
            "workload_identity_provider": "${{ vars.GOOGLE_WORKLOAD_IDENTITY_PROVIDER }}",
            "service_account": "${{ vars.GOOGLE_SERVICE_ACCOUNT }}",
        },
    }
    sign_in_to_aws: dict[str, Any] = {
        "uses": "aws-actions/configure-aws-credentials@v5",
        "with": {"role-to-assume": "${{ vars.AWS_ROLE }}", "aws-region": region},
    }
    steps: list[dict[str, Any]] = [
        {"uses": "actions/checkout@v5", "with": {"persist-credentials": False}},
        {"uses": "actions/setup-python@v6", "with": {"python-version": "3.13"}},
        {
            "name": "Install wif-wizard",
            "env": {"PACKAGE": "${{ vars.WIF_WIZARD_PACKAGE }}"},
            "run": 'pip install "$PACKAGE"',
        },
        google,
        *([sign_in_to_aws] if region else []),
        {"name": "Plan", "run": "wif-wizard plan setup.yaml"},
        {
            "name": "Test",
            "if": "${{ !cancelled() }}",
            "run": Block("wif-wizard test setup.yaml --strict --yes --junit test.xml\n"),
        },
        {
            "name": "Keep the results",
            "if": "${{ !cancelled() }}",
            "uses": "actions/upload-artifact@v4",
            "with": {"name": "live-test", "path": "test.xml"},
        },
    ]
    return as_yaml(
        {
            "name": "Workload identity",
            "on": {"schedule": [{"cron": "17 6 * * 1-5"}], "workflow_dispatch": {}},
            "permissions": {"contents": "read", "id-token": "write"},
            "concurrency": {"group": "workload-identity"},
            "jobs": {"check": {"runs-on": "ubuntu-latest", "timeout-minutes": 30, "steps": steps}},
        }
    )


def guide(resources: Sequence[Resource], projects: Sequence[str]) -> str:
    """Return the commands that create the identity of the workflow. `projects` are those of the setup, main one first.

    The commands do not depend on the number of the project, which they ask for.
    """
    has_cluster = any(isinstance(resource, Namespace) for resource in resources)
    has_dataset = any(isinstance(each, ResourceGrants) and each.on.type is DATASET for each in resources)
    further = [role for role, is_needed in ((CLUSTER_TEST_ROLE, has_cluster), (DATASET_ROLE, has_dataset)) if is_needed]
    roles = sorted([*READ_ROLES, *further])
    place = place_in_aws(resources)
    return _GUIDE.format(
        workflow=WORKFLOW,
        project=one_line(projects[0]),
        projects=" ".join(map(one_line, projects)),
        roles=" ".join(roles),
        needs=_CLUSTER_NEEDS if has_cluster else _NEEDS,
        aws=_for_aws(resources, place) if place else "",
    )


def _for_aws(resources: Iterable[Resource], place: PlaceInAws) -> str:
    account, partition = place.account, aws.partition_of(place.region)
    host = "token.actions.githubusercontent.com"
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": f"arn:{partition}:iam::'$ACCOUNT':oidc-provider/{host}"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        f"{host}:aud": "sts.amazonaws.com",
                        f"{host}:sub": "repo:'$REPOSITORY':ref:refs/heads/main",
                    }
                },
            }
        ],
    }
    actions = sorted({action for resource in resources for action in READ_ACTIONS.get(type(resource), ())})
    statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": actions, "Resource": "*"}]
    if place.role:
        statements.append({"Effect": "Allow", "Action": list(TEST_ACTIONS), "Resource": place.role.name})
    policy = {"Version": "2012-10-17", "Statement": statements}
    identity = _AWS.format(
        account=account, partition=partition, trust=json.dumps(trust, indent=2), policy=json.dumps(policy, indent=2)
    )
    return identity + (_in_cluster(place, place.tokens) if place.tokens else _WITH_ROLE)


def _in_cluster(place: PlaceInAws, tokens: ServiceAccountTokens) -> str:
    return _WITH_CLUSTER.format(
        account=place.account,
        partition=aws.partition_of(place.region),
        region=place.region,
        cluster=shlex.quote(tokens.cluster),
        namespace=shlex.quote(tokens.namespace),
        service_account=shlex.quote(tokens.service_account),
    )
