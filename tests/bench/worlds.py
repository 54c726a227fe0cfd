"""Large worlds: a scenario for the sandbox, and the setup for it, from how many there are to be of everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

LOCATION, ROLE = "asia-northeast1", "roles/spanner.databaseUser"
SERVICES = ("cloudresourcemanager", "compute", "container", "iam", "iamcredentials", "serviceusage", "spanner", "sts")
NUMBER, POOL = 300000000000, "acme-large-0.svc.id.goog"
ANNOTATION = "iam.gke.io/gcp-service-account"
MOST_REPLICAS = 100
"""The sandbox takes no more replicas in one deployment."""


@dataclass(frozen=True)
class GkeWorld:
    """A cluster with `workloads` deployments, and a setup that gives each of them a role on every one of `projects`.

    `neighbours` are other clusters in the project, `pods` runs that many pods on top, `done` has everything in place,
    and `impersonated` lets each workload act as a Google service account.
    """

    workloads: int = 1
    namespaces: int = 1
    node_pools: int = 1
    neighbours: int = 0
    pods: int = 0
    projects: int = 1
    done: bool = False
    impersonated: bool = False

    @property
    def scenario(self) -> str:
        """The scenario file. It is JSON, which is YAML too."""
        others = [_project(self, number) for number in range(1, self.projects)]
        home = _project(self, 0) | {"clusters": list(self._clusters())}
        google = {"operator": "user:operator@acme.example", "projects": [home, *others]}
        return json.dumps({"title": "A large world", "google": google, "setup": ""})

    @property
    def setup(self) -> str:
        """The setup file."""
        google, pools = {"project": project_id(0)}, [f"pool-{number}" for number in range(self.node_pools)]
        gke = {"cluster": "payments", "location": LOCATION, "node_pools": pools}
        workloads = [self._workload(number) for number in range(self.workloads)]
        return json.dumps({"version": 1, "mode": "gke", "google": google, "gke": gke, "workloads": workloads})

    def namespace(self, number: int) -> str:
        """The namespace of a workload."""
        return f"team-{number % self.namespaces}"

    def _workload(self, number: int) -> Json:
        on = [f"projects/{project_id(number)}" for number in range(self.projects)]
        place = {"namespace": self.namespace(number), "service_account": f"runner-{number}"}
        way = {"via": "direct"}
        if self.impersonated:
            way = {"via": "service-account", "google_service_account": f"runner-{number}"}
        return place | way | {"grants": [{"on": project, "roles": [ROLE]} for project in on]}

    def _clusters(self) -> Iterator[Json]:
        for name in ("payments", *(f"other-{number}" for number in range(self.neighbours))):
            own = name == "payments"
            cluster: Json = {"name": name, "location": LOCATION}
            pools = range(self.node_pools if own else 1)
            cluster["node_pools"] = [self._node_pool(number) for number in pools]
            cluster["kubernetes"] = {"namespaces": self._namespaces() if own else []}
            if self.done:
                cluster["workload_pool"] = POOL
            yield cluster

    def _node_pool(self, number: int) -> Json:
        account = f"gke-nodes@{project_id(0)}.iam.gserviceaccount.com"
        mode = {"mode": "GKE_METADATA"} if self.done else {}
        return {"name": f"pool-{number}", "nodes": 1, "service_account": account, **mode}

    def _namespaces(self) -> list[Json]:
        found: dict[str, Json] = {}
        for number in range(self.namespaces):
            name = self.namespace(number)
            found[name] = {"name": name, "service_accounts": [], "deployments": []}
        for number in range(self.workloads):
            place, name = found[self.namespace(number)], f"runner-{number}"
            place["service_accounts"].append(self._account(number))
            place["deployments"].append({"name": name, "service_account": name})
        for number, replicas in enumerate(_parts(self.pods)):
            found[self.namespace(number)]["deployments"].append({"name": f"crowd-{number}", "replicas": replicas})
        return list(found.values())

    def _account(self, number: int) -> Json:
        annotated = {"annotations": {ANNOTATION: _email(number)}} if self.done and self.impersonated else {}
        return {"name": f"runner-{number}", **annotated}


def project_id(number: int) -> str:
    """The ID of a project of the world: the first one has the clusters."""
    return f"acme-large-{number}"


def _project(world: GkeWorld, number: int) -> Json:
    policy = [{"role": "roles/owner", "members": ["user:operator@acme.example"]}]
    if world.done:
        policy.append({"role": ROLE, "members": [_grantee(world, each) for each in range(world.workloads)]})
    return {
        "id": project_id(number),
        "number": str(NUMBER + number),
        "services": [f"{name}.googleapis.com" for name in SERVICES],
        "service_accounts": list(_service_accounts(world)) if number == 0 else [],
        "policy": policy,
    }


def _service_accounts(world: GkeWorld) -> Iterator[Json]:
    yield {"id": "gke-nodes"}
    if world.done and world.impersonated:
        for number in range(world.workloads):
            member = f"serviceAccount:{POOL}[{world.namespace(number)}/runner-{number}]"
            policy = [{"role": "roles/iam.workloadIdentityUser", "members": [member]}]
            yield {"id": f"runner-{number}", "policy": policy}


def _grantee(world: GkeWorld, number: int) -> str:
    if world.impersonated:
        return f"serviceAccount:{_email(number)}"
    place = f"projects/{NUMBER}/locations/global/workloadIdentityPools/{POOL}"
    return f"principal://iam.googleapis.com/{place}/subject/ns/{world.namespace(number)}/sa/runner-{number}"


def _email(number: int) -> str:
    return f"runner-{number}@{project_id(0)}.iam.gserviceaccount.com"


def _parts(pods: int) -> Iterator[int]:
    while pods > 0:
        yield min(pods, MOST_REPLICAS)
        pods -= MOST_REPLICAS
