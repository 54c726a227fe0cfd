"""Whom Kubernetes service accounts act as now, read from a sandbox."""

from pathlib import Path

from tests.commands.gke import worlds
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation.gke import ANNOTATION, ClusterName
from wizard.modes.gke.acting import acting
from wizard.modes.gke.chosen import ActsAs

PAYMENTS = ClusterName(worlds.PROJECT, worlds.LOCATION, "payments")
GONE = f"gone@{worlds.PROJECT}.iam.gserviceaccount.com"
ELSEWHERE = "runner@somebody-elses.iam.gserviceaccount.com"


def annotated(world: worlds.Json) -> None:
    """Service accounts that act as the nodes' account, as one that is gone, and so on."""
    names = {"nodes": worlds.NODES, "gone": GONE, "elsewhere": ELSEWHERE, "misspelt": "gone"}
    accounts = [{"name": name, "annotations": {ANNOTATION: email}} for name, email in names.items()]
    worlds.inside(world)["namespaces"].append({"name": "acting", "service_accounts": [*accounts, {"name": "none"}]})
    worlds.inside(world)["denied"] = [{"verbs": ["get"], "resources": ["serviceaccounts"], "namespaces": ["reporting"]}]


def test_each_is_told_with_whether_the_account_exists(tmp_path: Path) -> None:
    names = ("nodes", "gone", "elsewhere", "misspelt", "none", "not-there")
    accounts = [("acting", name) for name in names]
    with worlds.served(tmp_path, worlds.all_services, annotated) as sandbox:
        clouds = Clouds(worlds.PROJECT, environ=sandbox.environ())
        found = acting(clouds, PAYMENTS, accounts)
        (refused,) = acting(clouds, PAYMENTS, [("reporting", "settlement")]).values()
    assert isinstance(refused, CloudError) and refused.status == 403
    assert {name: seen for (_, name), seen in found.items()} == {
        "nodes": ActsAs(worlds.NODES, exists=True),
        "gone": ActsAs(GONE, exists=False),
        "elsewhere": ActsAs(ELSEWHERE, exists=None),
        "misspelt": ActsAs("gone", exists=False),
        "none": None,
        "not-there": None,
    }


def test_while_the_api_is_off_it_is_not_known_what_exists(tmp_path: Path) -> None:
    with worlds.served(tmp_path, annotated) as sandbox:
        found = acting(Clouds(worlds.PROJECT, environ=sandbox.environ()), PAYMENTS, [("acting", "nodes")])
    assert found == {("acting", "nodes"): ActsAs(worlds.NODES, exists=None)}
