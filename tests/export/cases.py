"""The worlds and setups that the script is tried in: all runtimes, and worlds in which others have a part already."""

from dataclasses import dataclass

import yaml

from tests.commands.gke.worlds import SCENARIO as GKE_SCENARIO
from tests.oracles.by_hand import aws_worlds, gke_worlds
from tests.oracles.by_hand.worlds import Json, World
from wizard.modes.aws.runtimes import RUNTIMES

_GKE: Json = yaml.safe_load(GKE_SCENARIO)
_GKE_THROUGH = _GKE["setup"].replace("via: direct", "via: service-account\n  google_service_account: scorer-runner")
_EKS_THROUGH = aws_worlds.EKS["setup"].replace("via: direct", "via: service-account\n  service_account: order-load")


@dataclass(frozen=True)
class Case:
    """A world, and what becomes of it. `stops` is what the script says if it stops; empty if it does not."""

    world: World
    stops: str = ""
    passes: bool = False
    """Whether the live test passes afterwards, from here."""
    in_suite: bool = False
    leaves: bool = False
    """Whether the script leaves something to apply, and says so."""
    loses: bool = False
    """Whether the script first stops, since others lose something."""

    @property
    def fixed(self) -> bool:
        """Whether the suite tries it; `make scripts` tries the others too."""
        return self.in_suite

    def __str__(self) -> str:
        return self.world.title


def _on_aws(runtime: str) -> list[Case]:
    own = {"runtime": runtime} | ({"imdsv2": True} if runtime == "ec2" else {})
    found = []
    for via, access in (("directly", {}), ("through a service account", aws_worlds.THROUGH)):
        title = f"{runtime} {via}"
        world = World(title, aws_worlds.scenario(), aws_worlds.setup(own, access=access))
        found.append(Case(world, passes=True, in_suite=title == "batch-fargate directly"))
    return found


RUNTIME_CASES = [
    *(case for runtime in RUNTIMES if runtime != "eks" for case in _on_aws(runtime)),
    Case(World("pods on EKS directly", aws_worlds.EKS, aws_worlds.EKS["setup"]), passes=True),
    Case(World("pods on EKS through a service account", aws_worlds.EKS, _EKS_THROUGH), passes=True),
    Case(World("pods on GKE directly", _GKE, _GKE["setup"]), passes=True, in_suite=True, loses=True),
    Case(World("pods on GKE through a service account", _GKE, _GKE_THROUGH), passes=True, loses=True),
]

_PLACES = {
    f"projects/{aws_worlds.PROJECT}/topics/orders": "roles/pubsub.publisher",
    f"projects/{aws_worlds.PROJECT}/subscriptions/orders-daily": "roles/pubsub.subscriber",
    f"projects/{aws_worlds.PROJECT}/secrets/orders-token": "roles/secretmanager.secretAccessor",
    "gs://acme-orders-raw": "roles/storage.objectViewer",
}
"""What has a policy of its own -> a role on it."""


def _on_resources() -> Case:
    names = ("topics/orders", "subscriptions/orders-daily", "secrets/orders-token", "buckets/acme-orders-raw")
    world = aws_worlds.scenario({"resources": [{"name": name} for name in names]})
    grants = {"via": "direct", "grants": [{"on": on, "roles": [role]} for on, role in _PLACES.items()]}
    text = aws_worlds.setup(access=grants)
    return Case(World("roles on topics, subscriptions, secrets and buckets", world, text))


_TABLE = "acme-analytics:stock.items"
_DATASET_ROLES = ("roles/bigquery.dataEditor", "roles/bigquery.metadataViewer")
_SHARED_ACCESS = [
    {"role": "READER", "userByEmail": "analyst@acme.example"},
    {"view": {"projectId": aws_worlds.PROJECT, "datasetId": "stock", "tableId": "summary"}},
    {"role": "roles/bigquery.user", "groupByEmail": "team@acme.example"},
]


def _on_bigquery(title: str, access: list[Json], stops: str = "") -> Case:
    """A dataset that others share, and a table in another dataset. The test runs its jobs in the project."""
    datasets = [
        {"id": "orders", "location": "asia-northeast1", "tables": ["daily"], "access": access},
        {"id": "stock", "tables": ["items", "summary"]},
    ]
    grants = [
        {"on": f"projects/{aws_worlds.PROJECT}/datasets/orders", "roles": list(_DATASET_ROLES)},
        {"on": _TABLE, "roles": ["roles/bigquery.dataViewer"]},
        {"on": f"projects/{aws_worlds.PROJECT}", "roles": ["roles/bigquery.jobUser"]},
    ]
    text = aws_worlds.setup(access={"via": "direct", "grants": grants})
    world = World(title, aws_worlds.scenario({"datasets": datasets}), text)
    return Case(world, stops, passes=not stops)


_UNTIL = {"title": "until spring", "expression": "request.time < timestamp('2036-03-01T00:00:00Z')"}
BIGQUERY_CASES = [
    _on_bigquery("roles on a shared dataset and on a table", _SHARED_ACCESS),
    _on_bigquery(
        "roles on a dataset that has entries with a condition",
        [
            *_SHARED_ACCESS,
            {"role": "roles/bigquery.dataViewer", "groupByEmail": "audit@acme.example", "condition": _UNTIL},
        ],
        stops="has entries with a condition",
    ),
]

STOPS = {
    "half of it, and a file that others changed": "The script stopped",
    "a deleted pool": "workload-identity-pools undelete aws-prod",
    "a disabled pool": "workload-identity-pools update aws-prod",
    "a deleted provider with a condition of others": "workload-identity-pools providers undelete",
    "a provider without a mapping": "the setup needs",
    "a wrong annotation, a disabled account and a conditional grant": "Someone disabled the service account",
    "the profile has another role": "The instance profile rds-to-bigquery gives the role other to instances",
}
"""The title of a world -> what the script says as it stops there."""

LOSES = (
    "a task definition and its service",
    "a function with variables of others",
    "an instance that has another profile, and a container on it",
    "a leftover annotation",
    "a cluster without a pool",
)
"""Worlds in which the script makes no change that others lose by, unless the operator accepts that."""

LEAVES = ("controllers to wire, which carry a key", "keys of the account before, one of which is disabled")
"""Worlds in which keys are to be disabled or removed, which only apply does."""

WORLD_CASES = [
    Case(world, STOPS.get(world.title, ""), leaves=world.title in LEAVES, loses=world.title in LOSES)
    for world in (*aws_worlds.WORLDS, *gke_worlds.WORLDS)
    if world.only is None
]
CASES = [*RUNTIME_CASES, _on_resources(), *BIGQUERY_CASES, *WORLD_CASES]
