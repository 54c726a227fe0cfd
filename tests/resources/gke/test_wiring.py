"""The pods of a workload change to its service account, and lose their keys, in the order that loses nothing."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.resources.gke.gke_world import PROJECT, Team, TeamOf, cluster, scenario, workload
from wizard.clouds.controllers import Controller
from wizard.clouds.errors import CloudError
from wizard.engine.resource import Change
from wizard.federation.gke import ANNOTATION
from wizard.resources.controller import Place
from wizard.resources.pod_account import PodAccount
from wizard.resources.pod_key_removal import PodKeyRemoval
from wizard.sandbox.process import Sandbox

KEY = json.dumps({"type": "service_account", "private_key": "-----BEGIN canary-----"})
GSA = f"somebody@{PROJECT}.iam.gserviceaccount.com"


def controller(kind: str, name: str, **pods: Any) -> dict[str, Any]:
    """The manifest of a controller in anti-fraud."""
    labels = {"app": name}
    spec = {"containers": [{"name": "main", "image": "acme.example/main"}], **pods}
    template: dict[str, Any] = {"metadata": {"labels": labels}, "spec": spec}
    if kind == "CronJob":
        spec["restartPolicy"] = "Never"
        body: dict[str, Any] = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": template}}}
        return {"apiVersion": "batch/v1", "kind": kind, "metadata": metadata(name), "spec": body}
    body = {"selector": {"matchLabels": labels}, "template": template}
    if kind != "DaemonSet":
        body["replicas"] = 2
    if kind == "StatefulSet":
        body["serviceName"] = name
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata(name), "spec": body}


def metadata(name: str) -> dict[str, Any]:
    return {"name": name, "namespace": "anti-fraud"}


CARRIES = {
    "volumes": [
        {"name": "key", "secret": {"secretName": "scorer-key"}},
        {"name": "mixed", "secret": {"secretName": "mixed"}},
        {"name": "scratch", "emptyDir": {}},
    ],
    "containers": [
        {
            "name": "main",
            "image": "acme.example/main",
            "env": [
                {"name": "GOOGLE_APPLICATION_CREDENTIALS", "value": "/secrets/key.json"},
                {"name": "PASSWORD", "value": "canary-password"},
                {"name": "KEY_JSON", "valueFrom": {"secretKeyRef": {"name": "scorer-key", "key": "key.json"}}},
            ],
            "volumeMounts": [
                {"name": "key", "mountPath": "/secrets"},
                {"name": "mixed", "mountPath": "/mixed"},
                {"name": "scratch", "mountPath": "/scratch"},
            ],
        }
    ],
}
ROLE = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata("reader"), "rules": []}
BINDING = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "RoleBinding",
    "metadata": metadata("legacy-reads"),
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
    "subjects": [{"kind": "ServiceAccount", "name": "legacy", "namespace": "anti-fraud"}],
}
HELM = {"labels": {"app.kubernetes.io/managed-by": "Helm"}, "annotations": {"meta.helm.sh/release-name": "fraud"}}


def secret(name: str, **data: str) -> dict[str, Any]:
    encoded = {key.replace("_", "."): base64.b64encode(text.encode()).decode() for key, text in data.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata(name), "data": encoded}


MANIFESTS = [
    secret("scorer-key", key_json=KEY),
    secret("mixed", key_json=KEY, ca_pem="certificate"),
    *(controller(kind, kind.lower()) for kind in ("Deployment", "StatefulSet", "DaemonSet", "CronJob")),
    controller("Deployment", "carrier", **CARRIES),
    controller("Deployment", "legacy", serviceAccountName="legacy"),
    controller("Deployment", "helmed") | {"metadata": {**metadata("helmed"), **HELM}},
    ROLE,
    BINDING,
]
NAMESPACE = {
    "name": "anti-fraud",
    "service_accounts": [{"name": "legacy", "annotations": {ANNOTATION: GSA}}],
}


@pytest.fixture(scope="module")
def wired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A cluster with a controller of every kind, one of which carries keys."""
    file = tmp_path_factory.mktemp("scenario") / "wired.yaml"
    names = ("kinds", "keys", "order", "lost", "helm", "commands", "stuck")
    clusters = [cluster(name, kubernetes={"namespaces": [NAMESPACE], "manifests": MANIFESTS}) for name in names]
    file.write_text(scenario(clusters), encoding="utf-8")
    with Sandbox(str(file)) as sandbox:
        yield sandbox


@pytest.fixture
def wiring(wired: Sandbox, tmp_path: Path) -> TeamOf:
    """A setup that wires controllers: `wiring("kinds", "Deployment/deployment", remove_keys=True)`."""

    def team(name: str, *controllers: str, remove_keys: bool = False) -> Team:
        return Team(wired, tmp_path, name, [{**workload(), "controllers": controllers, "remove_keys": remove_keys}])

    return team


def place(team: Team, kind: str, name: str) -> Place:
    return Place(team.blueprint.cluster, "anti-fraud", Controller(kind, name))


def pods_of(team: Team, kind: str, name: str) -> dict[str, Any]:
    """The specification of the pods in the cluster now."""
    where = place(team, kind, name)
    return where.template(where.read(team.clouds))


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "CronJob"])
def test_the_pods_of_every_kind_change_and_change_back(wiring: TeamOf, kind: str) -> None:
    team = wiring("kinds", f"{kind}/{kind.lower()}")
    change = team.change(PodAccount.kind)
    assert (change.before or {})["serviceAccountName"] == "default"

    assert team.apply().ok
    assert pods_of(team, kind, kind.lower())["serviceAccountName"] == "scorer"
    assert team.plan().empty

    restored(team, change)
    assert pods_of(team, kind, kind.lower()).get("serviceAccountName") in (None, "default")


def restored(team: Team, change: Change) -> None:
    """Restore a change, and wait for its rollout."""
    operation = change.resource.restore(team.clouds, change)
    while operation is not None and not operation.poll():
        pass


def test_the_order_loses_nothing(wiring: TeamOf) -> None:
    """Grants, then the pods' own account, then the nodes; a key goes when the pods can do without it."""
    team = wiring("order", "Deployment/carrier", remove_keys=True)
    assert team.apply().ok
    done = [event.change.resource.kind for event in team.events if event.kind == "done"]
    last = ["Kubernetes service account", PodAccount.kind, "node pool's metadata mode", PodKeyRemoval.kind]
    assert done[-4:] == last
    order = [change.resource.kind for change in team.plan().changes]
    assert order.index("roles on the project") < order.index("Kubernetes service account")


def test_keys_are_removed_and_nothing_else_of_the_pods(wiring: TeamOf) -> None:
    team = wiring("keys", "Deployment/carrier", remove_keys=True)
    before = pods_of(team, "Deployment", "carrier")
    change = team.change(PodKeyRemoval.kind)
    assert team.apply().ok

    pods = pods_of(team, "Deployment", "carrier")
    (main,) = pods["containers"]
    assert [entry["name"] for entry in main["env"]] == ["PASSWORD"]
    assert [mount["name"] for mount in main["volumeMounts"]] == ["mixed", "scratch"]
    assert [volume["name"] for volume in pods["volumes"]] == ["mixed", "scratch"]
    assert "mixed also contains files other than the service account key" in " ".join(change.resource.notes(change))  # type: ignore[attr-defined]

    restored(team, change)
    after = pods_of(team, "Deployment", "carrier")
    assert by_name(after["volumes"]) == by_name(before["volumes"])
    assert by_name(after["containers"][0]["env"]) == by_name(before["containers"][0]["env"])
    assert by_name(after["containers"][0]["volumeMounts"]) == by_name(before["containers"][0]["volumeMounts"])


def by_name(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: entry["name"])


def test_no_secret_is_in_a_state_or_in_the_journal(wiring: TeamOf) -> None:
    team = wiring("keys", "Deployment/carrier", remove_keys=True)
    assert team.apply().ok
    written = b"".join(file.read_bytes() for file in team.folder.glob("journal.db*"))
    assert b"secretName" in written
    assert b"canary" not in written


def test_what_the_pods_lose_with_their_old_account_is_named(wiring: TeamOf) -> None:
    team = wiring("lost", "Deployment/legacy")
    change = team.change(PodAccount.kind)
    assert change.resource.losers(change) == [
        f"The pods of anti-fraud/Deployment legacy stop acting as the Google service account {GSA}, and lose the "
        "account's access.",
        "The pods of anti-fraud/Deployment legacy lose the cluster permissions that RoleBinding legacy-reads gives "
        "to the Kubernetes service account anti-fraud/legacy (Role reader).",
    ]
    other = wiring("lost", "Deployment/deployment").change(PodAccount.kind)
    assert other.resource.losers(other) == []


def test_pods_that_get_their_own_account_first_lose_nothing_with_the_nodes(wiring: TeamOf) -> None:
    alone, together = (wiring("lost", *names) for names in ((), ("Deployment/deployment",)))
    lost = [
        [line for line in change.resource.losers(change) if line.startswith("Deployment deployment ")]
        for change in (alone.change("node pool's metadata mode"), together.change("node pool's metadata mode"))
    ]
    assert [len(lines) for lines in lost] == [1, 0]


def test_what_helm_manages_gets_a_patch_as_text(wiring: TeamOf) -> None:
    team = wiring("helm", "Deployment/helmed")
    change = team.change(PodAccount.kind)
    owner = change.resource.owner(change)
    assert owner is not None
    assert owner.tool == "Helm"
    assert change.resource.patch_file(change) == {  # type: ignore[attr-defined]
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "helmed", "namespace": "anti-fraud"},
        "spec": {"template": {"spec": {"serviceAccountName": "scorer"}}},
    }


def test_a_controller_that_does_not_exist_is_one_clear_error(wiring: TeamOf) -> None:
    with pytest.raises(CloudError) as refused:
        wiring("kinds", "Deployment/absent").plan()
    assert (refused.value.status, "workloads[].controllers" in refused.value.hint) == (404, True)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("deployment/scorer", "write Deployment/scorer"),
        ("Job/once", "Deployment, StatefulSet, DaemonSet or CronJob"),
        ("scorer", "write KIND/NAME"),
    ],
)
def test_a_controller_is_named_by_kind_and_name(wiring: TeamOf, name: str, hint: str) -> None:
    with pytest.raises(ValidationError, match=hint):
        _ = wiring("kinds", name).setup


def test_keys_of_no_controller_cannot_be_removed(wiring: TeamOf) -> None:
    with pytest.raises(ValidationError, match="does not name the controllers"):
        _ = wiring("kinds", remove_keys=True).setup
