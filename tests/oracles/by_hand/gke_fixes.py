"""Broken worlds for the fixes of the live test of workloads on GKE."""

import re
from collections.abc import Callable
from threading import Thread

import pytest
import yaml

from tests.commands.gke.worlds import CLUSTER, GSA, NUMBER, POOL, PRINCIPAL, PROJECT, ROLE
from tests.oracles.by_hand import gke_worlds
from tests.oracles.by_hand.copies import Copy
from tests.oracles.by_hand.fixes import Broken
from tests.oracles.by_hand.worlds import Json
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.patience import Patience, Time
from wizard.federation.gke import ANNOTATION, ClusterName
from wizard.modes.access import IMPERSONATE

DIRECT, THROUGH = gke_worlds.DIRECT, gke_worlds.THROUGH
NAME = ClusterName(PROJECT, "asia-northeast1", "payments")
MEMBER = f"{PRINCIPAL}/ns/anti-fraud/sa/scorer"
IMPERSONATOR = f"serviceAccount:{POOL}[anti-fraud/scorer]"
_OTHER_FORM = f"{PRINCIPAL}/system:serviceaccount:anti-fraud:scorer"
NEAR = {
    "in a form that Google Cloud does not recognize": _OTHER_FORM,
    "by its ID": MEMBER.replace(NUMBER, PROJECT, 1),
    "number of another project": MEMBER.replace(NUMBER, "999999999999", 1),
    "another namespace": MEMBER.replace("ns/anti-fraud", "ns/antifraud"),
    "another Kubernetes service account": MEMBER.replace("sa/scorer", "sa/score"),
    "another workload identity pool": MEMBER.replace(POOL, "other.svc.id.goog"),
}
"""Members that people write instead of the workload's, by words of the cause."""
NEAR_ACCOUNTS = {
    "in a form that Google Cloud does not recognize": _OTHER_FORM,
    "another namespace": f"serviceAccount:{POOL}[antifraud/scorer]",
    "another Kubernetes service account": f"serviceAccount:{POOL}[anti-fraud/score]",
}
"""The same for the policy of a service account."""

_SEEN = [{"role": "roles/browser", "members": [*NEAR.values(), *NEAR_ACCOUNTS.values()]}]
SCENARIO = gke_worlds.scenario(
    {
        **gke_worlds.ALL_ON,
        "policy": _SEEN,
        "service_accounts": [{"id": "scorer-runner", "policy": _SEEN}, {"id": "nobody"}],
    },
    on=True,
)
"""The world of these rows. The wrong members are there already: Google Cloud refuses some of them when they are new."""


def node_pool_off(clouds: Clouds, _: Copy) -> object:
    """Take the metadata server from a node pool."""
    mode = {"workloadMetadataConfig": {"mode": "GCE_METADATA"}}
    return clouds.google.call("container", "PUT", f"{CLUSTER}/nodePools/default-pool", mode)


def pool_off(clouds: Clouds, world: Copy) -> object:
    """Take the cluster out of the workload identity pool."""
    node_pool_off(clouds, world)
    off = {"update": {"desiredWorkloadIdentityConfig": {"workloadPool": ""}}}
    return clouds.google.call("container", "PUT", CLUSTER, off)


def delete_account(clouds: Clouds, _: Copy) -> None:
    """Delete the Kubernetes service account."""
    from lightkube.resources.core_v1 import ServiceAccount

    clouds.kubernetes(NAME).delete(ServiceAccount, "scorer", "anti-fraud")


def annotated(email: str | None) -> Callable[[Clouds, Copy], None]:
    """Return how the Kubernetes service account is annotated."""

    def change(clouds: Clouds, _: Copy) -> None:
        from lightkube.resources.core_v1 import ServiceAccount

        body = {"metadata": {"annotations": {ANNOTATION: email}}}
        clouds.kubernetes(NAME).patch(ServiceAccount, "scorer", body, "anti-fraud")

    return change


def on_project(*members: str, condition: Json | None = None) -> Callable[[Clouds, Copy], None]:
    """Return how the wanted role is given to these members only."""

    def change(clouds: Clouds, _: Copy) -> None:
        path, asked = f"/v1/projects/{PROJECT}", {"options": {"requestedPolicyVersion": 3}}
        policy = clouds.google.call("cloudresourcemanager", "POST", f"{path}:getIamPolicy", asked)
        kept = [binding for binding in policy["bindings"] if binding["role"] != ROLE]
        policy |= {"bindings": kept + _bindings(ROLE, members, condition), "version": 3}
        clouds.google.call("cloudresourcemanager", "POST", f"{path}:setIamPolicy", {"policy": policy})

    return change


def on_account(*members: str, condition: Json | None = None, role: str = IMPERSONATE) -> Callable[[Clouds, Copy], None]:
    """Return how these members alone get a right on the Google service account; rows before gave others."""

    def change(clouds: Clouds, _: Copy) -> None:
        policy = clouds.google_iam.get_policy(PROJECT, GSA)
        kept = [binding for binding in policy.get("bindings", ()) if not binding["role"].startswith("roles/iam.")]
        ours = _bindings(role, members, condition)
        clouds.google_iam.set_policy(PROJECT, GSA, policy | {"bindings": kept + ours, "version": 3})

    return change


def _bindings(role: str, members: tuple[str, ...], condition: Json | None) -> list[Json]:
    if not members:
        return []
    return [{"role": role, "members": list(members), **({"condition": condition} if condition else {})}]


def account(verb: str) -> Callable[[Clouds, Copy], object]:
    """Return how the Google service account is disabled or deleted."""
    path = f"/v1/projects/{PROJECT}/serviceAccounts/{GSA}"
    if verb == "delete":
        return lambda clouds, _: clouds.google.call("iam", "DELETE", path)
    return lambda clouds, _: clouds.google.call("iam", "POST", f"{path}:{verb}", {})


def disable_credentials_api(clouds: Clouds, _: Copy) -> object:
    """Disable an API that impersonation needs."""
    path = f"/v1/projects/{PROJECT}/services/iamcredentials.googleapis.com:disable"
    return clouds.google.call("serviceusage", "POST", path, {})


SETTLEMENT, BOTH_POOLS = (
    gke_worlds.setup_of(gke_worlds.workload("reporting", "settlement"), node_pools=pools)
    for pools in (("default-pool",), ("default-pool", "batch-pool"))
)
NEW = gke_worlds.setup_of(gke_worlds.workload("new", "scorer"))
WITHOUT_POOLS = gke_worlds.setup_of(gke_worlds.workload("anti-fraud", "scorer"), node_pools=())


def delete_namespace(clouds: Clouds, _: Copy) -> None:
    """Delete a namespace, with its service account."""
    from lightkube.resources.core_v1 import Namespace

    clouds.kubernetes(NAME).delete(Namespace, "new")


NOT_REMOVED: Json = {
    "service": "kubernetes",
    "call": "DELETE /apis/batch/v1/namespaces/anti-fraud/jobs/*",
    "status": 403,
    "code": "Forbidden",
    "times": 4,
}
"""A cluster that refuses to delete a job, as often as the wizard tries."""
PROBES = {"wif-wizard/probe": "true"}


def nothing(_: Clouds, __: Copy) -> None:
    """Change nothing."""


def hold_namespace(clouds: Clouds, _: Copy) -> None:
    """Delete a namespace with an object that a finalizer holds, so that the namespace stays and is being deleted."""
    from lightkube.models.meta_v1 import ObjectMeta
    from lightkube.resources.core_v1 import ConfigMap, Namespace

    held = ConfigMap(metadata=ObjectMeta(name="held", namespace="new", finalizers=["acme.example/cleanup"]))
    clouds.kubernetes(NAME).create(held)
    clouds.kubernetes(NAME).delete(Namespace, "new")


def release_namespace(clouds: Clouds, _: Copy) -> None:
    """Remove the finalizer, and wait until the namespace no longer exists."""
    from lightkube.resources.core_v1 import ConfigMap, Namespace

    clouds.kubernetes(NAME).patch(ConfigMap, "held", {"metadata": {"finalizers": None}}, "new")
    patience = Patience(Time(), 30)
    with pytest.raises(CloudError, match="not found"):
        while patience.wait():
            clouds.kubernetes(NAME).get(Namespace, "new")


def no_job_is_left(clouds: Clouds, _: Copy) -> None:
    """Fail if there is a job of a live test."""
    from lightkube.resources.batch_v1 import Job

    assert clouds.kubernetes(NAME).list_objects(Job, "anti-fraud", PROBES) == []


def remove_next_job(clouds: Clouds, _: Copy) -> None:
    """Remove the job of the next test while its pod runs, as someone else could."""
    from lightkube.resources.batch_v1 import Job
    from lightkube.resources.core_v1 import Pod

    kubernetes = clouds.kubernetes(NAME)

    def remove() -> None:
        patience = Patience(Time(), 60)
        while patience.wait():
            patience.quicken()  # a probe runs for about a second
            if any(pod.status.phase == "Running" for pod in kubernetes.list_objects(Pod, "anti-fraud", PROBES)):
                for job in kubernetes.list_objects(Job, "anti-fraud", PROBES):
                    kubernetes.delete(Job, job.metadata.name, "anti-fraud", cascade=True)
                return

    Thread(target=remove, daemon=True).start()


def no_node_pools(clouds: Clouds, world: Copy) -> None:
    """Delete the node pools of the cluster, and name none in the setup."""
    for pool in ("default-pool", "batch-pool"):
        clouds.google.call("container", "DELETE", f"{CLUSTER}/nodePools/{pool}")
    world.setup.write_text(WITHOUT_POOLS, encoding="utf-8")


def other_cluster(clouds: Clouds, world: Copy) -> None:
    """Write the endpoint of another cluster of the project, with the same account in it, into the kubeconfig."""
    from lightkube.models.meta_v1 import ObjectMeta
    from lightkube.resources.core_v1 import Namespace, ServiceAccount

    body = {"cluster": {"name": "staging", "initialNodeCount": 1, "workloadIdentityConfig": {"workloadPool": POOL}}}
    clouds.google.call("container", "POST", CLUSTER.removesuffix("/payments"), body)
    staging = ClusterName(PROJECT, "asia-northeast1", "staging")
    clouds.kubernetes(staging).create(Namespace(metadata=ObjectMeta(name="anti-fraud")))
    clouds.kubernetes(staging).create(ServiceAccount(metadata=ObjectMeta(name="scorer", namespace="anti-fraud")))
    found = clouds.google.call("container", "GET", CLUSTER.removesuffix("payments") + "staging")
    path = world.folder / "home" / "kubeconfig"
    kubeconfig = yaml.safe_load(path.read_text(encoding="utf-8"))
    for each in kubeconfig["clusters"]:
        authority = found["masterAuth"]["clusterCaCertificate"]
        each["cluster"] = {"server": f"https://{found['endpoint']}", "certificate-authority-data": authority}
    path.write_text(yaml.safe_dump(kubeconfig), encoding="utf-8")


def other_node_pools(_: Clouds, world: Copy) -> object:
    """Name a node pool in the setup that the cluster does not have."""
    return world.setup.write_text(DIRECT.replace("default-pool", "gone"), encoding="utf-8")


def unknown_role(_: Clouds, world: Copy) -> object:
    """Name a role in the setup that does not exist."""
    return world.setup.write_text(DIRECT.replace(ROLE, f"projects/{PROJECT}/roles/gone"), encoding="utf-8")


def deleted_role(clouds: Clouds, world: Copy) -> None:
    """Name a custom role in the setup that somebody has deleted."""
    roles, role = f"/v1/projects/{PROJECT}/roles", {"title": "gone", "includedPermissions": ["spanner.databases.read"]}
    clouds.google.call("iam", "POST", roles, {"roleId": "gone", "role": role})
    clouds.google.call("iam", "DELETE", f"{roles}/gone")
    unknown_role(clouds, world)


def wrong_token(_: Clouds, world: Copy) -> None:
    """Store a token in the kubeconfig that the cluster does not accept."""
    path = world.folder / "home" / "kubeconfig"
    text = re.sub("token: .*", "token: expired", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")


ELSEWHERE = {"title": "elsewhere", "expression": "resource.name == 'somewhere'"}

FIXES = (
    Broken("these pods run, or can run", "node-pools", lambda *_: None, SETTLEMENT, "apply", BOTH_POOLS),
    Broken("does not name a Google service account", "impersonation", annotated("it's no email"), THROUGH, "apply"),
    Broken("the cluster {cluster} has no namespace", "ksa-token", delete_namespace, NEW),
    Broken("is being deleted", "ksa-token", hold_namespace, NEW, "look", alone=True, ends=release_namespace),
    Broken("the cluster has no node pool", "node-pools", no_node_pools, DIRECT, alone=True),
    Broken(
        "the wizard could not remove the one-off pod",
        "pod",
        nothing,
        DIRECT,
        alone=True,
        checks=no_job_is_left,
        place="task",
        faults=(NOT_REMOVED,),
    ),
    Broken("the one-off pod ended", "pod", remove_next_job, DIRECT, "look", alone=True, ends=nothing, place="task"),
    Broken("does not belong to {cluster}", "ksa-token", other_cluster, DIRECT, alone=True),
    Broken("the role {role} does not exist", "permission", unknown_role, DIRECT, "look"),
    Broken("the role {role} was deleted", "permission", deleted_role, DIRECT, "look"),
    Broken("the setup names node pools", "node-pools", other_node_pools, DIRECT, "look"),
    Broken("the cluster does not accept your credentials", "ksa-token", wrong_token, DIRECT, alone=True),
    Broken("cluster has no workload identity pool", "cluster", pool_off, DIRECT),
    Broken("use GCE_METADATA instead of the GKE metadata server", "node-pools", node_pool_off, DIRECT),
    Broken("the Kubernetes service account {ksa} does not exist", "ksa-token", delete_account, DIRECT),
    Broken("has no annotation that names", "ksa-token", annotated(None), THROUGH, fixed=True),
    Broken("a leftover annotation", "impersonation", annotated(f"nobody@{PROJECT}.iam.gserviceaccount.com"), DIRECT),
    Broken(
        "setup.yaml specifies {wanted_access}",
        "impersonation",
        annotated(f"nobody@{PROJECT}.iam.gserviceaccount.com"),
        THROUGH,
        "apply",
    ),
    Broken("which Google Cloud does not find", "impersonation", account("delete"), THROUGH, "apply"),
    Broken("the API {service} is disabled", "impersonation", disable_credentials_api, THROUGH),
    Broken("is disabled, so no workload can act as this account", "impersonation", account("disable"), THROUGH),
    Broken(
        "but this role does not give permission",
        "impersonation",
        on_account(f"serviceAccount:{POOL}[anti-fraud/scorer]", role="roles/iam.serviceAccountUser"),
        THROUGH,
    ),
    Broken("no principal has roles/iam", "impersonation", on_account(), THROUGH),
    Broken("is granted only to", "impersonation", on_account(f"serviceAccount:{GSA}"), THROUGH),
    Broken(
        "to impersonate {service_account}: {conditional}",
        "impersonation",
        on_account(IMPERSONATOR, condition=gke_worlds.ENDED),
        THROUGH,
    ),
    Broken("{conditional}", "impersonation", on_account(IMPERSONATOR, condition=ELSEWHERE), THROUGH),
    Broken(
        "roles/iam.workloadIdentityUser, or the grant is only minutes old",
        "impersonation",
        on_account("user:operator@acme.example"),
        THROUGH,
    ),
    *(Broken(cause, "impersonation", on_account(member), THROUGH) for cause, member in NEAR_ACCOUNTS.items()),
    *(Broken(cause, "permission", on_project(member), DIRECT) for cause, member in NEAR.items()),
    Broken("the token is valid, but the workload does not have", "permission", on_project(), DIRECT, fixed=True),
    Broken("but {service_account} does not have {missing}", "permission", on_project(), THROUGH),
    Broken("is not effective: {conditional}", "permission", on_project(MEMBER, condition=gke_worlds.ENDED), DIRECT),
    Broken("{conditional}", "permission", on_project(MEMBER, condition=ELSEWHERE), DIRECT),
)
