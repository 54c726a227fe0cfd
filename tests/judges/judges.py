"""The judges: real programs, and what each must print or refuse in a sandbox that nobody told them of."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(__file__).with_name("programs")
AWS, GKE = "batch-bigquery", "gke-spanner"


def _plugins() -> Path:
    """The folder with Terraform's provider for AWS, as `terraform init -plugin-dir` takes it; an empty path if none."""
    roots = (Path("/opt"), Path("/usr/local"), Path("/usr/local/share"), Path("/usr/share"), Path.home())
    found = (each for root in roots for each in root.glob("*/*/hashicorp/aws"))
    return next((each.parents[2] for each in found), Path("/nonexistent"))


PLUGINS = _plugins()

POOL = "--location=global --workload-identity-pool=judged"


@dataclass(frozen=True)
class Call:
    """One command line. Its output must contain `says`; it must fail if `refused`."""

    line: str
    says: str = ""
    refused: bool = False


@dataclass(frozen=True)
class Judge:
    """A program with its calls. `needs` is what must be installed: a program of the PATH, or a path."""

    name: str
    scenario: str
    needs: str
    calls: Sequence[Call]

    @property
    def is_here(self) -> bool:
        """Whether the program is installed."""
        return shutil.which(self.needs) is not None or Path(self.needs).exists()


def judges(python: Path, modules: Path) -> list[Judge]:
    """All judges. `python` has Google's clients, and `modules` is Node's folder with those for Node."""
    run: Callable[[str], str] = lambda name: f"{python} {PROGRAMS / name}"  # noqa: E731
    node: Callable[[str], str] = lambda name: f"NODE_PATH={modules} node {PROGRAMS / name}"  # noqa: E731
    return [
        Judge("gcloud", AWS, "gcloud", _GCLOUD),
        Judge("gcloud and gcloud beta, for clusters", GKE, "gcloud", _CLUSTERS),
        Judge("aws", AWS, "aws", _AWS),
        Judge("kubectl, with kustomize", GKE, "kubectl", _KUBECTL),
        Judge("terraform, with the provider for AWS", AWS, str(PLUGINS), _TERRAFORM),
        Judge("google-auth, with a credential configuration from apply", AWS, str(python), _application(run)),
        Judge("google-cloud-bigquery", AWS, str(python), [Call(run("three_lines.py"), "DONE")]),
        Judge(
            "google-cloud-resource-manager, gRPC and REST",
            AWS,
            str(python),
            [Call(f"{run('resource_manager.py')} {way}", "Acme Analytics") for way in ("grpc", "rest")],
        ),
        Judge(
            "google-cloud-iam, gRPC",
            AWS,
            str(python),
            [Call("gcloud services enable iam.googleapis.com"), Call(run("iam.py"), "by-a-program@acme-analytics")],
        ),
        Judge("google-cloud-container, gRPC", GKE, str(python), [Call(run("container.py"), "payments")]),
        Judge("boto3", AWS, str(python), [Call(run("aws_sdk.py"), "user/operator")]),
        Judge("kubernetes for Python", GKE, str(python), [Call(run("kubernetes_client.py"), "by-a-program")]),
        Judge("google-auth-library for Node", AWS, str(modules), [Call(node("auth.js"), "123456789012")]),
        Judge("@google-cloud/bigquery for Node", AWS, str(modules), [Call(node("three_lines.js"), "DONE")]),
        Judge("Java", AWS, "java", [Call(f"java {PROGRAMS / 'Token.java'}", "400")]),
        Judge("curl", AWS, "curl", _CURL),
        Judge("wif-wizard, AWS to Google Cloud", AWS, sys.executable, _WIZARD),
        Judge("wif-wizard, GKE", GKE, sys.executable, _WIZARD),
    ]


_WIZARD = [
    Call("wif-wizard plan setup.yaml; test $? = 2", "to create"),
    Call("wif-wizard apply setup.yaml --yes --accept-loss"),
    Call("wif-wizard plan setup.yaml", "0 to create, 0 to change"),
    Call("wif-wizard test setup.yaml --from here --yes", "The live test passed"),
]

_GCLOUD = [
    Call("gcloud services enable iam.googleapis.com sts.googleapis.com secretmanager.googleapis.com"),
    Call("gcloud services list --enabled", "secretmanager.googleapis.com"),
    Call("gcloud projects describe acme-analytics", "123456789012"),
    Call("gcloud beta projects describe acme-analytics", "123456789012"),
    Call("gcloud projects get-iam-policy acme-analytics", "roles/owner"),
    Call("gcloud iam roles describe roles/bigquery.jobUser", "bigquery.jobs.create"),
    Call("gcloud iam service-accounts create judged", ""),
    Call("gcloud iam service-accounts list", "judged@acme-analytics.iam.gserviceaccount.com"),
    Call("gcloud iam workload-identity-pools create judged --location=global"),
    Call(f"gcloud iam workload-identity-pools providers create-aws judged-aws {POOL} --account-id=111122223333"),
    Call(f"gcloud iam workload-identity-pools providers describe judged-aws {POOL}", "111122223333"),
    Call(
        "gcloud projects add-iam-policy-binding acme-analytics --role=roles/viewer "
        "--member=serviceAccount:judged@acme-analytics.iam.gserviceaccount.com",
        "roles/viewer",
    ),
    Call("gcloud auth print-access-token", "ya29."),
    Call("gcloud secrets list", "Listed 0 items."),
    Call("gcloud compute networks list", "the sandbox has no", refused=True),
    Call("gcloud sql instances list", "the sandbox has no sqladmin.googleapis.com; nothing left", refused=True),
]

_CLUSTERS = [
    Call("gcloud container clusters list", "payments"),
    Call("gcloud beta container clusters list", "payments"),
    Call("gcloud beta container clusters describe payments --location=asia-northeast1", "currentMasterVersion"),
    Call("gcloud container node-pools list --cluster=payments --location=asia-northeast1", "default-pool"),
    Call("KUBECONFIG=own.yaml gcloud container clusters get-credentials payments --location=asia-northeast1"),
    Call("KUBECONFIG=own.yaml kubectl get namespaces", "anti-fraud"),
    Call("gcloud container get-server-config --location=asia-northeast1", "defaultClusterVersion"),
]

_AWS = [
    Call("aws sts get-caller-identity", "user/operator"),
    Call("aws iam list-roles", "Roles"),
    Call("aws iam get-policy --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess", "ReadOnlyAccess"),
    Call(
        "aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::111122223333:user/operator "
        "--action-names iam:CreateRole",
        "allowed",
    ),
    Call("aws ecs list-clusters", "clusterArns"),
    Call("aws batch describe-job-queues", "jobQueues"),
    Call("aws lambda list-functions", "Functions"),
    Call("aws ec2 describe-subnets", "SubnetId"),
    Call("aws logs describe-log-groups", "logGroups"),
    Call("aws lambda invoke --function-name missing out.json", "ResourceNotFoundException", refused=True),
    Call("aws iam get-role --role-name missing", "NoSuchEntity", refused=True),
    Call("aws s3 ls", "nothing left this machine", refused=True),
    Call("aws dynamodb list-tables", "nothing left this machine", refused=True),
]

_KUBECTL = [
    Call("kubectl version", "Server Version"),
    Call("kubectl get pods -A", "anti-fraud"),
    Call(f"kubectl apply -k {PROGRAMS / 'kustomize'}", "judged-reader created"),
    Call("kubectl create job once --image=busybox -n anti-fraud", "created"),
    Call("kubectl create deployment web --image=nginx -n anti-fraud", "created"),
    Call("kubectl rollout status deployment/web -n anti-fraud --timeout=30s", "successfully rolled out"),
    Call("kubectl scale deployment/web --replicas=2 -n anti-fraud", "scaled"),
    Call("kubectl get events -n anti-fraud", "ScalingReplicaSet"),
    Call("kubectl explain deployment.spec.replicas", "replicas"),
    Call("kubectl create role reader --verb=get,list --resource=pods -n anti-fraud", "created"),
    Call("kubectl create rolebinding reader --role=reader --user=someone -n anti-fraud", "created"),
    Call("kubectl auth can-i list pods -n anti-fraud --as=someone", "yes"),
    Call("kubectl get secrets -n anti-fraud --as=someone", 'cannot list resource "secrets"', refused=True),
    Call("kubectl create namespace gone", "created"),
    Call("kubectl delete namespace gone --timeout=30s", "deleted"),
]

_TERRAFORM = [
    Call(f"cp {PROGRAMS / 'terraform' / 'main.tf'} . && terraform init -no-color -plugin-dir={PLUGINS}", "initialized"),
    Call("terraform apply -no-color -auto-approve", "user/operator"),
    Call("terraform plan -no-color -detailed-exitcode", "No changes"),
    Call("aws iam list-attached-role-policies --role-name by-terraform", "AmazonECSTaskExecutionRolePolicy"),
    Call("terraform destroy -no-color -auto-approve", "Destroy complete"),
]

_CURL = [
    Call("curl -sS https://iam.googleapis.com/v1/roles", "UNAUTHENTICATED"),
    Call("curl -sS https://www.example.com/", "the sandbox has no www.example.com; nothing left this machine"),
    Call("curl -sS http://www.example.com/", "the sandbox has no www.example.com; nothing left this machine"),
    Call("curl -sS https://sts.ap-northeast-1.amazonaws.com/?Action=GetCallerIdentity", "MissingAuthenticationToken"),
]


def _application(run: Callable[[str], str]) -> list[Call]:
    trust = (
        "aws iam update-assume-role-policy --role-name rds-to-bigquery --policy-document "
        """'{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", """
        """"Principal": {"AWS": "arn:aws:iam::111122223333:user/operator"}}]}'"""
    )
    return [Call("wif-wizard apply setup.yaml --yes"), Call(trust), Call(run("application.py"), "200")]
