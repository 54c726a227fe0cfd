"""Setups of every runtime, directly and through a service account, with what each wires; and of GKE."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests import setups
from tests.commands.conftest import SETUP
from tests.commands.gke.worlds import SETUP as GKE
from tests.commands.gke.worlds import setup_of, workload
from wizard.engine.resource import Resource
from wizard.modes.aws.runtimes import with_role
from wizard.resources.grants import ProjectGrants
from wizard.resources.oidc_provider import OidcProvider, ServiceAccountTokens
from wizard.resources.pool import Pool
from wizard.resources.services import EnabledServices
from wizard.work.opening import open_in_memory

_WIRED: dict[str, dict[str, Any]] = {
    "ecs-fargate": {"task_definition": "nightly-load", "services": ["prod/nightly"]},
    "batch-fargate": {"job_definition": "nightly-load"},
    "ec2": {"instance": "i-0123456789abcdef0"},
    "lambda": {"function": "nightly-load"},
}
"""What a setup of the runtime names as its workload."""


@dataclass(frozen=True)
class Case:
    """A setup with a title, as YAML or JSON."""

    title: str
    text: str

    def __str__(self) -> str:
        return self.title

    def resources(self) -> Sequence[Resource]:
        """The resources, without asking a cloud."""
        return self.opened().resources()

    def opened(self) -> Any:
        """The opened setup, without asking a cloud."""
        return open_in_memory(setups.loads(self.text), Path("/nonexistent"), self.text, {}, ask_google=False)


def aws(runtime: str, via: str, *, wired: bool = True) -> Case:
    """A setup of a workload on AWS."""
    document = _document(SETUP)
    document["aws"] |= {"runtime": runtime, **(_WIRED.get(runtime, {}) if wired else {})}
    if via != "direct":
        document["access"] |= {"via": via, "service_account": "bq-loader"}
    return Case(f"{runtime} {via}", json.dumps(document))


def _document(text: str) -> Any:
    """A setup as data. Plain YAML reads the key `on` as true."""
    return yaml.safe_load(re.sub(r"\bon:", '"on":', text))


def gke() -> list[Case]:
    """Setups of workloads on GKE."""
    account = workload("anti-fraud", "scorer", "scorer-runner")
    nasty = [workload("on", "y"), workload("1e3", "default", "scorer-runner"), workload("null", "true-1.0")]
    wired = _document(GKE)
    wired["workloads"][0] |= {"controllers": ["Deployment/scorer", "CronJob/nightly", "StatefulSet/s", "DaemonSet/d"]}
    return [
        Case("gke direct", GKE),
        Case("gke service-account", setup_of(account)),
        Case("gke nasty names", json.dumps(_document(setup_of(workload("x", "y"))) | {"workloads": nasty})),
        Case("gke wired", json.dumps(wired)),
    ]


EVERY_TYPE = {
    "projects/acme-warehouse": "projects/acme-warehouse/roles/loader",
    "folders/123456789": "roles/resourcemanager.folderViewer",
    "organizations/987654321": "organizations/987654321/roles/auditor",
    "gs://acme-raw": "roles/storage.objectViewer",
    "gs://acme-raw/in/daily": "roles/storage.objectUser",
    "acme-analytics:sales": "roles/bigquery.dataEditor",
    "projects/acme-analytics/datasets/sales/tables/orders": "roles/bigquery.dataViewer",
    "projects/acme-analytics/topics/orders": "roles/pubsub.publisher",
    "projects/acme-analytics/subscriptions/orders-in": "roles/pubsub.subscriber",
    "projects/acme-analytics/secrets/db-password": "roles/secretmanager.secretAccessor",
    "projects/acme-warehouse/instances/main": "roles/spanner.viewer",
    "projects/acme-warehouse/instances/main/databases/orders": "roles/spanner.databaseUser",
    "projects/acme-analytics/locations/asia-northeast1/repositories/images": "roles/artifactregistry.reader",
    "projects/acme-analytics/locations/global/keyRings/ring": "roles/cloudkms.viewer",
    "projects/acme-analytics/locations/global/keyRings/ring/cryptoKeys/key": "roles/cloudkms.cryptoKeyEncrypter",
    "projects/acme-analytics/serviceAccounts/other@acme-analytics.iam.gserviceaccount.com": (
        "roles/iam.serviceAccountTokenCreator"
    ),
}
"""One role on a resource of each type that roles can be granted on."""


def granting(on: dict[str, str], via: str) -> Case:
    """A setup that grants these roles."""
    document = json.loads(aws("batch-fargate", via, wired=False).text)
    document["access"]["grants"] = [{"on": place, "roles": [role]} for place, role in on.items()]
    return Case(f"{len(on)} grants {via}", json.dumps(document))


@dataclass(frozen=True)
class Eks(Case):
    """A setup of a pod on EKS, whose issuer would be read from the cluster: its resources are made here."""

    def resources(self) -> Sequence[Resource]:
        tokens = ServiceAccountTokens("https://oidc.eks.example/id/ABC", "prod", "batch", "nightly")
        pool = Pool("acme-analytics", "eks-prod", needs=(EnabledServices("acme-analytics", ("sts.googleapis.com",)),))
        provider = OidcProvider("acme-analytics", "eks-prod", "prod", "123456789012", tokens, needs=(pool,))
        end = "workloadIdentityPools/eks-prod/subject/system:serviceaccount:batch:nightly"
        member = f"principal://iam.googleapis.com/projects/123456789012/locations/global/{end}"
        grants = ProjectGrants("acme-analytics", {"roles/bigquery.jobUser": (member,)}, needs=(provider,))
        return [*pool.needs, pool, provider, grants]


EKS = Eks("eks", "")
CASES = [
    aws("batch-fargate", "direct"),
    granting(EVERY_TYPE, "direct"),
    *gke(),
    aws("ec2", "service-account"),
    EKS,
    granting(EVERY_TYPE, "service-account"),
    *(aws(runtime, via) for runtime in with_role() for via in ("direct", "service-account")),
]
