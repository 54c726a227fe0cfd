"""Clusters and what runs in them, read from a sandbox."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands.gke import worlds
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation.gke import ClusterName
from wizard.modes.gke import clusters as gke
from wizard.modes.gke.clusters import NodePoolSeen
from wizard.modes.gke.running import running

PAYMENTS = ClusterName(worlds.PROJECT, worlds.LOCATION, "payments")


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clouds]:
    """The operator of a sandbox with a Standard and an Autopilot cluster."""
    folder: Path = tmp_path_factory.mktemp("world")
    with worlds.served(folder, worlds.autopilot("pilot")) as sandbox:
        yield Clouds(worlds.PROJECT, environ=sandbox.environ())


def test_clusters_come_with_their_node_pools(clouds: Clouds) -> None:
    standard, autopilot = gke.clusters(clouds, worlds.PROJECT)
    assert (standard.name, standard.kind, standard.location, standard.pool) == (
        "payments",
        "Standard",
        worlds.LOCATION,
        None,
    )
    assert standard.node_pools == (NodePoolSeen("default-pool", 3, None), NodePoolSeen("batch-pool", 2, None))
    assert autopilot.autopilot and autopilot.pool == worlds.POOL


def test_what_runs_is_of_the_teams_own(clouds: Clouds) -> None:
    found = running(clouds, PAYMENTS)
    namespaces = {each.namespace for each in (*found.accounts, *found.controllers)}
    assert {"anti-fraud", "checkout", "reporting"} <= namespaces
    assert not any(each.startswith("kube-") for each in namespaces)
    assert [each.controller.title for each in found.users("checkout", "checkout")] == ["Deployment checkout"]
    assert [each.controller.short for each in found.users("reporting", "settlement")] == [
        "settlement",
        "CronJob month-end",
    ]
    (likely,) = found.likely("anti-fraud", "scorer")
    assert (likely.service_account, likely.pods, likely.host_network) == ("default", "3 pods", False)


def test_every_kind_that_has_pods_made_is_listed_with_whom_its_pods_act_as(tmp_path: Path) -> None:
    with worlds.served(tmp_path, of_every_kind) as sandbox:
        found = running(Clouds(worlds.PROJECT, environ=sandbox.environ()), PAYMENTS)
    assert not found.unread
    assert [(each.controller.title, each.pods) for each in found.users("checkout", "checkout")] == [
        ("Deployment checkout", "2 pods"),
        ("StatefulSet ledger", "1 pod"),
        ("DaemonSet agent", "1 pod on each node"),
        ("CronJob nightly", "at 0 2 * * * Asia/Tokyo, suspended"),
        ("Job migrate", "ended"),
    ], "the job that the cron job has made goes with it"


def test_a_kind_that_may_not_be_listed_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    with worlds.served(tmp_path, of_every_kind, not_listed("cronjobs", "serviceaccounts")) as sandbox:
        found = running(Clouds(worlds.PROJECT, environ=sandbox.environ()), PAYMENTS)
    assert found.unread == ("ServiceAccount", "CronJob")
    assert found.accounts == ()
    assert "Job migrate" in [each.controller.title for each in found.users("checkout", "checkout")]


def test_where_nothing_may_be_listed_that_is_refused(tmp_path: Path) -> None:
    plurals = ("serviceaccounts", "deployments", "statefulsets", "daemonsets", "cronjobs", "jobs")
    with worlds.served(tmp_path, not_listed(*plurals)) as sandbox, pytest.raises(CloudError) as refused:
        running(Clouds(worlds.PROJECT, environ=sandbox.environ()), PAYMENTS)
    assert refused.value.status == 403 and "serviceaccounts" in refused.value.operation


def of_every_kind(world: worlds.Json) -> None:
    """Beside the deployments one of each other kind, all with the service account of checkout."""
    pod: worlds.Json = {"serviceAccountName": "checkout", "containers": [{"name": "main", "image": "main:1"}]}
    labels = {"app": "main"}
    template = {"metadata": {"labels": labels}, "spec": pod}
    once = {"template": {"spec": pod | {"restartPolicy": "Never"}}}
    selected = {"selector": {"matchLabels": labels}, "template": template}
    nightly = {"schedule": "0 2 * * *", "timeZone": "Asia/Tokyo", "suspend": True, "jobTemplate": {"spec": once}}
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": "nightly", "uid": "1", "controller": True}
    worlds.inside(world)["manifests"] += [
        made("apps/v1 StatefulSet", "ledger", selected),
        made("apps/v1 DaemonSet", "agent", selected),
        made("batch/v1 CronJob", "nightly", nightly),
        made("batch/v1 Job", "migrate", once),
        made("batch/v1 Job", "nightly-29001", once, ownerReferences=[owner]),
    ]


def made(what: str, name: str, spec: worlds.Json, **metadata: Any) -> worlds.Json:
    """A manifest."""
    version, kind = what.split()
    head = {"name": name, "namespace": "checkout", **metadata}
    return {"apiVersion": version, "kind": kind, "metadata": head, "spec": spec}


def not_listed(*plurals: str) -> worlds.Edit:
    """A cluster whose own roles do not let these be listed."""

    def deny(world: worlds.Json) -> None:
        worlds.inside(world)["denied"] = [{"verbs": ["list"], "resources": list(plurals)}]

    return deny


def test_a_project_that_one_may_not_see_is_refused(clouds: Clouds) -> None:
    with pytest.raises(CloudError) as refused:
        gke.clusters(clouds, "somebody-elses")
    assert refused.value.status == 403
