"""Worlds for setups of workloads on GKE: what is there already, and what the setup wants."""

from copy import deepcopy

import yaml

from tests.commands.gke.worlds import GSA, POOL, PROJECT, ROLE, SCENARIO, setup_of, workload
from tests.oracles.by_hand.worlds import Json, World
from wizard.federation.gke import ANNOTATION

OPERATOR = "user:operator@acme.example"
ENDED = {"title": "until, spring", "expression": "request.time < timestamp('2020-03-01T00:00:00Z')"}
ALL_ON = {"services": ["iam.googleapis.com", "iamcredentials.googleapis.com", "sts.googleapis.com"]}
RUNNER = {"id": "scorer-runner"}
LEDGER = {
    "id": "acme-ledger",
    "number": "310987654321",
    "services": ["serviceusage.googleapis.com", "cloudresourcemanager.googleapis.com", "iam.googleapis.com"],
    "policy": [{"role": "roles/owner", "members": [OPERATOR]}],
}


def scenario(
    project: Json | None = None,
    cluster: Json | None = None,
    accounts: list[Json] | None = None,
    more: list[Json] | None = None,
    on: bool = False,
) -> Json:
    """Return the scenario gke-spanner: `accounts` are in the namespace anti-fraud, `on`: the cluster is in the pool."""
    world: Json = yaml.safe_load(SCENARIO)
    first = world["google"]["projects"][0]
    for key, value in (project or {}).items():
        first[key] = first.get(key, []) + value
    world["google"]["projects"] += deepcopy(more or [])
    first["clusters"][0] |= {"workload_pool": POOL} if on else {}
    first["clusters"][0] |= cluster or {}
    first["clusters"][0]["kubernetes"]["namespaces"][0]["service_accounts"] = accounts or []
    return world


def annotated(value: str) -> Json:
    """Return the account of the workload, annotated."""
    return {"name": "scorer", "annotations": {ANNOTATION: value}}


def autopilot() -> Json:
    """Return a scenario whose cluster is an Autopilot cluster."""
    world = scenario(cluster={"autopilot": True, "node_pools": []})
    inside = world["google"]["projects"][0]["clusters"][0]["kubernetes"]
    for namespace in inside["namespaces"]:
        for deployment in namespace["deployments"]:
            del deployment["node_pool"]
    return world


def with_key() -> Json:
    """Return a scenario in which a Deployment and a CronJob act with a service account key from a Secret."""
    world = scenario(on=True)
    inside = world["google"]["projects"][0]["clusters"][0]["kubernetes"]
    pods = {
        "restartPolicy": "Always",
        "volumes": [{"name": "key", "secret": {"secretName": "key"}}, {"name": "scratch", "emptyDir": {}}],
        "containers": [
            {
                "name": "main",
                "image": "acme.example/main",
                "env": [
                    {"name": "GOOGLE_APPLICATION_CREDENTIALS", "value": "/secrets/key.json"},
                    {"name": "QUOTE", "value": 'it\'s "$HOME"'},
                ],
                "volumeMounts": [
                    {"name": "key", "mountPath": "/secrets"},
                    {"name": "scratch", "mountPath": "/scratch"},
                ],
            }
        ],
    }
    metadata = {"namespace": "anti-fraud"}
    labels = {"app": "carrier"}
    deployment = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pods}}
    job = {"template": {"spec": pods | {"restartPolicy": "Never"}}}
    inside["manifests"] += [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "key", **metadata},
            "stringData": {"key.json": '{"type": "service_account"}'},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "carrier", **metadata},
            "spec": deployment,
        },
        {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "metadata": {"name": "nightly", **metadata},
            "spec": {"schedule": "0 3 * * *", "jobTemplate": {"spec": job}},
        },
    ]
    return world


DIRECT = setup_of(workload("anti-fraud", "scorer"))
THROUGH = setup_of(workload("anti-fraud", "scorer", "scorer-runner"))

WORLDS = (
    World("a cluster without a pool", scenario(), DIRECT),
    World(
        "a wrong annotation, a disabled account and a conditional grant",
        scenario(
            {
                **ALL_ON,
                "service_accounts": [
                    RUNNER
                    | {
                        "disabled": True,
                        "policy": [
                            {"role": "roles/iam.workloadIdentityUser", "members": [OPERATOR], "condition": ENDED}
                        ],
                    }
                ],
            },
            accounts=[annotated(f"other@{PROJECT}.iam.gserviceaccount.com")],
            on=True,
        ),
        THROUGH,
        fixed=True,
    ),
    World(
        "new namespaces, and the default account of one",
        scenario(),
        setup_of(
            workload("new", "default", "scorer-runner"),
            workload("direct", "default"),
            workload("anti-fraud", "default"),
            workload("new", "scorer", "scorer-runner"),
            node_pools=("default-pool", "batch-pool"),
        ),
    ),
    World(
        "controllers to wire, which carry a key",
        with_key(),
        setup_of(
            workload("anti-fraud", "scorer")
            | {"controllers": ["Deployment/scorer", "Deployment/carrier", "CronJob/nightly"], "remove_keys": True}
        ),
        fixed=True,
    ),
    World(
        "keys of the account before, one of which is disabled",
        scenario(
            {
                **ALL_ON,
                "service_accounts": [{"id": "before", "keys": ["aaaa", {"id": "bbbb", "disabled": True}, "cccc"]}],
            }
        ),
        setup_of(workload("anti-fraud", "scorer") | {"replaces": "before", "disable_keys": True}),
    ),
    World("a leftover annotation", scenario(accounts=[annotated(GSA)]), DIRECT),
    World("an empty annotation", scenario({**ALL_ON, "service_accounts": [RUNNER]}, accounts=[annotated("")]), THROUGH),
    World("an annotation that is no email", scenario(accounts=[annotated('it\'s $(id) `id`\n"x"')]), THROUGH),
    World("an account without an annotation", scenario(accounts=[{"name": "scorer"}]), THROUGH),
    World(
        "an Autopilot cluster", autopilot(), setup_of(workload("anti-fraud", "scorer", "scorer-runner"), node_pools=())
    ),
    World(
        "an account in another project",
        scenario(more=[LEDGER]),
        setup_of(workload("anti-fraud", "scorer", "loader@acme-ledger.iam.gserviceaccount.com")),
    ),
    World(
        "the role under a condition",
        scenario({"policy": [{"role": ROLE, "members": [OPERATOR], "condition": ENDED}]}),
        DIRECT,
    ),
    World("the half in the cluster, with the other handed over", scenario(), THROUGH, only="kubernetes"),
    World("the half in Google Cloud, with the other handed over", scenario(), THROUGH, only="google"),
)
