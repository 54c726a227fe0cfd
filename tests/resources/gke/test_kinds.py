"""What a kind of the cluster says and takes back, apart from any plan."""

import pytest

from tests.clouds.test_kubernetes_access import FakeGoogle
from tests.resources.gke.gke_world import LOCATION, OTHER, PROJECT, TeamOf
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change
from wizard.federation.gke import ANNOTATION, ClusterName
from wizard.resources.cluster_pool import ClusterPool
from wizard.resources.kubernetes_service_account import KubernetesServiceAccount

EMAIL = f"scorer-runner@{PROJECT}.iam.gserviceaccount.com"
TAKEN = ClusterName(PROJECT, LOCATION, "taken")


def account(name: str, namespace: str = "anti-fraud") -> KubernetesServiceAccount:
    """A service account that is to act as a Google service account."""
    return KubernetesServiceAccount(TAKEN, namespace, name, EMAIL)


@pytest.mark.parametrize("before", [OTHER, "", None])
def test_the_command_overwrites_whatever_annotation_is_there(before: str | None) -> None:
    wanted = account("by-hand")
    (command,) = wanted.commands(Change(wanted, {ANNOTATION: before}, wanted.desired()))
    assert command.endswith(f" annotate serviceaccount by-hand --overwrite {ANNOTATION}={EMAIL}")


def test_an_annotation_is_put_back_where_ours_still_stands(team: TeamOf) -> None:
    setup, wanted = team("taken"), account("restored")
    wanted.create(setup.clouds)
    change = Change(wanted, {ANNOTATION: OTHER}, wanted.desired())
    wanted.restore(setup.clouds, change)
    assert setup.annotation("anti-fraud", "restored") == OTHER


def test_an_annotation_that_somebody_has_changed_since_is_left(team: TeamOf) -> None:
    setup, wanted = team("taken"), account("changed-since")
    theirs = KubernetesServiceAccount(TAKEN, "anti-fraud", "changed-since", OTHER)
    theirs.create(setup.clouds)
    wanted.restore(setup.clouds, Change(wanted, {ANNOTATION: None}, wanted.desired()))
    assert setup.annotation("anti-fraud", "changed-since") == OTHER


def test_a_cluster_that_is_being_deleted_is_not_worked_on() -> None:
    clouds = Clouds(PROJECT, environ={})
    clouds.google = FakeGoogle({"name": "taken", "status": "STOPPING"})
    with pytest.raises(CloudError, match="taken is being deleted"):
        ClusterPool(TAKEN).read(clouds)


def test_an_annotation_that_changed_since_it_was_read_is_not_overwritten(team: TeamOf) -> None:
    setup, wanted = team("taken"), account("changed-meanwhile")
    KubernetesServiceAccount(TAKEN, "anti-fraud", "changed-meanwhile").create(setup.clouds)
    change = Change(wanted, wanted.read(setup.clouds), wanted.desired())
    theirs = KubernetesServiceAccount(TAKEN, "anti-fraud", "changed-meanwhile", OTHER)
    theirs.update(setup.clouds, Change(theirs, theirs.read(setup.clouds), theirs.desired()))
    with pytest.raises(CloudError) as conflict:
        wanted.update(setup.clouds, change)
    assert conflict.value.status == 409
    assert wanted.moved(conflict.value)
    assert setup.annotation("anti-fraud", "changed-meanwhile") == OTHER
