"""A sandbox with GKE clusters in many states, and setups for them, planned and applied as the commands do it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from wizard.clouds.project import project_number
from wizard.clouds.session import Clouds
from wizard.engine.apply import Result, apply
from wizard.engine.events import Event
from wizard.engine.journal import Journal
from wizard.engine.patience import Time
from wizard.engine.plan import Plan, plan
from wizard.engine.resource import Change
from wizard.federation.gke import ANNOTATION, ClusterName
from wizard.modes.gke.blueprint import GkeBlueprint, GkeHalf
from wizard.modes.gke.model import GkeSetup
from wizard.sandbox.process import Sandbox

PROJECT, NUMBER, LOCATION = "acme-payments", "210987654321", "asia-northeast1"
POOL = f"{PROJECT}.svc.id.goog"
NODES = f"gke-nodes@{PROJECT}.iam.gserviceaccount.com"
OTHER = f"somebody@{PROJECT}.iam.gserviceaccount.com"

_SERVICES = ["cloudresourcemanager", "container", "iam", "serviceusage", "spanner"]
_SCORERS = {"name": "scorer", "replicas": 3, "node_pool": "default-pool"}
_NAMESPACES = [
    {"name": "anti-fraud", "deployments": [_SCORERS]},
    {"name": "checkout", "service_accounts": [{"name": "api", "annotations": {ANNOTATION: OTHER}}]},
    {"name": "going", "terminating": True},
]
_DENIED = [
    {"verbs": ["create"], "resources": ["namespaces"]},
    {"verbs": ["get"], "resources": ["serviceaccounts"], "namespaces": ["no-get"]},
    {"verbs": ["create"], "resources": ["serviceaccounts"], "namespaces": ["no-create"]},
    {"verbs": ["patch"], "resources": ["serviceaccounts"], "namespaces": ["no-patch"]},
    {"verbs": ["list"], "resources": ["nodes"]},
]
_STRICT = [
    {"name": "no-get"},
    {"name": "no-create"},
    {"name": "no-patch", "service_accounts": [{"name": "scorer", "annotations": {ANNOTATION: OTHER}}]},
]


def cluster(name: str, **more: Any) -> dict[str, Any]:
    """A cluster of a scenario: a Standard one with two node pools, unless said otherwise."""
    pools = [
        {"name": "default-pool", "nodes": 3, "service_account": NODES},
        {"name": "batch-pool", "nodes": 2, "service_account": NODES},
    ]
    contents = {"namespaces": _NAMESPACES}
    return {"name": name, "location": LOCATION, "node_pools": pools, "kubernetes": contents} | more


def scenario(clusters: list[dict[str, Any]], **more: Any) -> str:
    """The text of a scenario with these clusters, and a project beside theirs that the operator may only look at."""
    owner = {"role": "roles/owner", "members": ["user:operator@acme.example"]}
    services = [f"{name}.googleapis.com" for name in _SERVICES]
    home = {"id": PROJECT, "number": NUMBER, "services": services, "policy": [owner], "clusters": clusters}
    home["service_accounts"] = [{"id": "gke-nodes"}, {"id": "somebody"}]
    looks = ("roles/browser", "roles/serviceusage.serviceUsageConsumer")
    looked_at = [{"role": role, "members": ["user:operator@acme.example"]} for role in looks]
    aside = {"id": "acme-ledger", "number": "310987654321", "services": services, "policy": looked_at}
    aside["clusters"] = [cluster("ledger")]
    google = {"operator": "user:operator@acme.example", "projects": [home, aside]}
    return yaml.safe_dump({"title": "clusters", "google": google, **more})


EVERY_KIND = [
    cluster("payments"),
    cluster("impersonating"),
    cluster("team"),
    cluster("auto", autopilot=True, node_pools=[]),
    cluster("auto-impersonating", autopilot=True, node_pools=[]),
    cluster("taken"),
    cluster("fleet", workload_pool="acme-fleet.svc.id.goog"),
    cluster("private", private_endpoint="10.128.0.3"),
    cluster("strict", kubernetes={"namespaces": _STRICT, "denied": _DENIED}),
]


def workload(namespace: str = "anti-fraud", account: str = "scorer", through: str | None = None) -> dict[str, Any]:
    """A workload that is to read Spanner."""
    grants = [{"on": f"projects/{PROJECT}", "roles": ["roles/spanner.databaseUser"]}]
    via = {"via": "service-account", "google_service_account": through} if through else {}
    return {"namespace": namespace, "service_account": account, "grants": grants, **via}


@dataclass
class Team:
    """One setup on the sandbox: what is planned, made and told."""

    sandbox: Sandbox
    folder: Path
    cluster: str
    workloads: list[dict[str, Any]] = field(default_factory=lambda: [workload()])
    node_pools: tuple[str, ...] = ("default-pool",)
    project: str = PROJECT
    without: tuple[str, ...] = ()
    """Variables that are not set."""
    events: list[Event] = field(default_factory=list)

    @cached_property
    def setup(self) -> GkeSetup:
        place = {"cluster": self.cluster, "location": LOCATION, "node_pools": list(self.node_pools)}
        data = {"version": 1, "mode": "gke", "google": {"project": self.project}, "gke": place}
        return GkeSetup.model_validate(data | {"workloads": self.workloads})

    @cached_property
    def clouds(self) -> Clouds:
        environ: Mapping[str, str] = self.sandbox.environ({"HOME": str(self.folder)})
        return Clouds(self.project, environ={key: value for key, value in environ.items() if key not in self.without})

    @cached_property
    def blueprint(self) -> GkeBlueprint:
        return GkeBlueprint(self.setup, project_number(self.clouds, self.project))

    @property
    def journal(self) -> Journal:
        return Journal(self.folder / "journal.db")

    def plan(self, only: GkeHalf | None = None) -> Plan:
        return plan(self.blueprint.resources(only), self.clouds)

    def change(self, kind: str, found: Plan | None = None) -> Change:
        """The only change of a kind."""
        (change,) = [each for each in (found or self.plan()).changes if each.resource.kind == kind]
        return change

    def apply_all_but_node_pools(self) -> Result:
        found = self.plan()
        return self.apply(found.without(each for each in found.changes if each.resource.kind.startswith("node pool")))

    def apply(self, found: Plan | None = None, time: Time | None = None) -> Result:
        reviewed = found or self.plan()
        return apply(reviewed, self.clouds, self.events.append, self.journal, title="t", setup="s", time=time)

    def put(self, part: str, body: dict[str, Any]) -> str:
        """Ask the Container API for a change, as somebody else would: the operation's name."""
        path = f"/v1/projects/{self.project}/locations/{LOCATION}/clusters/{self.cluster}{part}"
        return str(self.clouds.google.call("container", "PUT", path, body)["name"])

    def annotation(self, namespace: str, account: str) -> str | None:
        """The annotation in the cluster now."""
        from lightkube.resources.core_v1 import ServiceAccount

        name = ClusterName(self.project, LOCATION, self.cluster)
        found = self.clouds.kubernetes(name).get(ServiceAccount, account, namespace)
        return ((found.metadata and found.metadata.annotations) or {}).get(ANNOTATION)

    def writes(self, path: str = "") -> list[dict[str, Any]]:
        """The writes that the sandbox has answered, of those whose path has this in it."""
        lines = self.sandbox.request_log.read_text(encoding="utf-8").splitlines()
        return [each for each in map(json.loads, lines) if each["kind"] == "write" and path in each["path"]]

    def told(self, kind: str) -> list[str]:
        """What was said in events of a kind."""
        return [event.text for event in self.events if event.kind == kind]


TeamOf = Callable[..., Team]
