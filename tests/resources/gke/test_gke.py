"""Workloads on GKE, direct and through a service account, on Standard and Autopilot clusters."""

import pytest

from tests.resources.gke.gke_world import NODES, NUMBER, OTHER, POOL, PROJECT, Team, TeamOf, workload
from wizard.engine.plan import Plan
from wizard.federation.gke import ANNOTATION
from wizard.resources.kind import Kind

GSA = f"scorer-runner@{PROJECT}.iam.gserviceaccount.com"
PRINCIPAL = f"principal://iam.googleapis.com/projects/{NUMBER}/locations/global/workloadIdentityPools/{POOL}/subject"


def actions(found: Plan) -> dict[str, str]:
    return {change.resource.kind: change.action for change in found.changes}


def made(setup: Team) -> None:
    """Apply it, and see that a second time there is nothing to do and nothing is written."""
    result = setup.apply()
    assert result.ok, [failure.error for failure in result.failures]
    before = len(setup.writes())
    assert setup.plan().empty
    assert setup.apply().run is None
    assert len(setup.writes()) == before


def test_direct_access_on_a_standard_cluster(team: TeamOf) -> None:
    setup = team("payments")
    assert actions(setup.plan()) == {
        "enabled services": "update",
        "cluster's workload pool": "update",
        "roles on the project": "update",
        "namespace": "none",
        "Kubernetes service account": "create",
        "node pool's metadata mode": "update",
    }
    made(setup)
    assert setup.annotation("anti-fraud", "scorer") is None
    names = [each["path"].rsplit("/", 1)[1] for each in setup.writes()]
    assert names[-2:] == ["serviceaccounts", "default-pool"], (
        "nodes are recreated last, when everything that their pods need is in place"
    )


def test_impersonation_on_a_standard_cluster(team: TeamOf) -> None:
    setup = team("impersonating", workloads=[workload(through="scorer-runner")])
    found = setup.plan()
    assert actions(found) | {"enabled services": ""} == {
        "enabled services": "",
        "cluster's workload pool": "update",
        "service account": "create",
        "roles on the service account": "create",
        "roles on the project": "update",
        "namespace": "none",
        "Kubernetes service account": "create",
        "node pool's metadata mode": "update",
    }
    member = f"serviceAccount:{POOL}[anti-fraud/scorer]"
    assert setup.change("roles on the service account", found).after == {"roles/iam.workloadIdentityUser": [member]}
    granted = setup.change("roles on the project", found).after
    assert granted == {"roles/spanner.databaseUser": [f"serviceAccount:{GSA}"]}
    made(setup)
    assert setup.annotation("anti-fraud", "scorer") == GSA


@pytest.mark.parametrize(("name", "through"), [("auto", None), ("auto-impersonating", "auto-runner")])
def test_an_autopilot_cluster_needs_neither_pool_nor_mode_and_says_so(
    team: TeamOf, name: str, through: str | None
) -> None:
    setup = team(name, workloads=[workload(through=through)], node_pools=("pool-1",))
    found = setup.plan()
    for kind, words in (
        ("cluster's workload pool", "always enabled"),
        ("node pool's metadata mode", "the wizard does not change these node pools"),
    ):
        change = setup.change(kind, found)
        assert (change.action, change.resource.impact(change)) == ("none", None)
        assert isinstance(change.resource, Kind)
        assert words in str(change.resource.notes(change))
    made(setup)


def test_three_workloads_share_one_write_of_the_policy(team: TeamOf) -> None:
    accounts = [("anti-fraud", "scorer"), ("checkout", "web"), ("reporting", "nightly")]
    setup = team("team", workloads=[workload(*each) for each in accounts])
    change = setup.change("roles on the project")
    members = [f"{PRINCIPAL}/ns/{namespace}/sa/{account}" for namespace, account in accounts]
    assert change.after == {"roles/spanner.databaseUser": members}
    before = len(setup.writes("setIamPolicy"))
    made(setup)
    assert len(setup.writes("setIamPolicy")) == before + 1


def test_what_a_node_pools_change_does_is_told_before_it_is_made(team: TeamOf) -> None:
    setup = team("taken")
    change = setup.change("node pool's metadata mode")
    impact = str(change.resource.impact(change))
    assert impact.startswith("GKE recreates 3 nodes of default-pool (surge 1); 3 running pods move (anti-fraud/scorer-")
    (loss,) = change.resource.losers(change)
    assert loss == (
        "Deployment scorer in namespace anti-fraud (Kubernetes service account anti-fraud/default) loses the access to "
        f"Google Cloud that its pods have through their nodes' service account, {NODES}"
    )
    pool = setup.change("cluster's workload pool")
    assert isinstance(pool.resource, Kind)
    (note,) = pool.resource.notes(pool)
    assert note.endswith("do not get their own identities, and keep the identity of their nodes: batch-pool")


def test_pods_of_the_setups_own_workloads_lose_nothing(team: TeamOf) -> None:
    change = team("taken", workloads=[workload(account="default")]).change("node pool's metadata mode")
    assert change.resource.losers(change) == []
    assert "pods of anti-fraud/default stop acting as the nodes' service account" in str(change.resource.impact(change))


@pytest.mark.parametrize(
    ("through", "after", "impact"),
    [
        (None, None, "and will call Google Cloud as"),
        ("taken-runner", f"taken-runner@{PROJECT}.iam.gserviceaccount.com", "and will act as taken-runner@"),
    ],
)
def test_an_annotation_of_somebody_else_is_not_changed_without_saying_what_it_was(
    team: TeamOf, through: str | None, after: str | None, impact: str
) -> None:
    setup = team("taken", workloads=[workload("checkout", "api", through)])
    change = setup.change("Kubernetes service account")
    assert change.action == "update"
    assert [tuple(field) for field in change.fields] == [(ANNOTATION, OTHER, after)]
    told = str(change.resource.impact(change))
    assert told.startswith(f"pods that use checkout/api will stop acting as {OTHER}, ")
    assert impact in told


def test_a_leftover_annotation_is_removed_for_direct_access(team: TeamOf) -> None:
    setup = team("auto", workloads=[workload("checkout", "api")], node_pools=())
    assert setup.annotation("checkout", "api") == OTHER
    made(setup)
    assert setup.annotation("checkout", "api") is None
    (write,) = [each for run in setup.journal.runs() for each in setup.journal.writes(run.id) if "api" in each.name]
    assert write.before == {ANNOTATION: OTHER}


def test_an_annotation_that_moved_since_the_review_is_left_alone(team: TeamOf) -> None:
    setup = team("auto-impersonating", workloads=[workload("checkout", "api")], node_pools=())
    reviewed = setup.plan()
    other = team("auto-impersonating", workloads=[workload("checkout", "api", "quicker")], node_pools=())
    assert other.apply().ok
    result = setup.apply(reviewed)
    (failure,) = result.failures
    assert f'was "{OTHER}", and is now "quicker@{PROJECT}.iam.gserviceaccount.com"' in failure.error.message
    assert setup.annotation("checkout", "api") == f"quicker@{PROJECT}.iam.gserviceaccount.com"


def test_the_half_in_the_cluster_is_planned_without_the_half_in_google_cloud(team: TeamOf) -> None:
    setup = team("taken", workloads=[workload("reporting", "nightly")])
    assert actions(setup.plan("kubernetes")) == {"namespace": "create", "Kubernetes service account": "create"}
    assert "Kubernetes service account" not in actions(setup.plan("google"))


def test_what_is_kept_in_the_cluster_has_a_manifest(team: TeamOf) -> None:
    setup = team("taken", workloads=[workload("reporting", "nightly", "reporter")])
    namespace, account = [each for each in setup.blueprint.inside() if isinstance(each, Kind)]
    assert namespace.manifest() == {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "reporting"}}
    annotations = {ANNOTATION: f"reporter@{PROJECT}.iam.gserviceaccount.com"}
    assert account.manifest() == {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "nightly", "namespace": "reporting", "annotations": annotations},
    }
