"""What no single line of a GKE setup tells."""

from tests import setups
from wizard.modes.gke import consistency
from wizard.modes.gke.limits import PERIMETER
from wizard.modes.gke.model import GkeSetup


def setup(*workloads: dict[str, object]) -> GkeSetup:
    data = GkeSetup.example().model_dump(mode="json", exclude_defaults=True) | {"version": 1, "mode": "gke"}
    first = data["workloads"][0]
    return GkeSetup.model_validate(data | {"workloads": [first | each for each in workloads]})


def grants(role: str, project: str = "acme-payments") -> dict[str, object]:
    return {"grants": [{"on": f"projects/{project}", "roles": [role]}]}


def test_a_product_without_direct_access_is_refused_for_the_workload_that_goes_direct() -> None:
    through = {"service_account": "b", "via": "service-account", "google_service_account": "invoker"}
    direct = {"via": "direct"} | grants("roles/run.invoker")
    found = setups.problems(setup(through | grants("roles/run.invoker"), direct))
    (problem,) = found
    assert problem.where == "workloads[1].grants[0].roles"
    assert "ID token" in problem.what
    assert problem.fix == "write `via: service-account` and `google_service_account: NAME`"


def test_what_a_direct_workload_must_do_without_is_noted_once() -> None:
    two = setup(grants("roles/storage.objectViewer"), {"service_account": "b"} | grants("roles/storage.objectViewer"))
    (note,) = consistency.notes(two)
    assert "uniform bucket-level access" in note


def test_another_clusters_api_is_noted_on_gke() -> None:
    assert "another cluster" in consistency.notes(setup(grants("roles/container.developer")))[0]


def test_identities_that_more_pods_have_are_flagged() -> None:
    system, default = consistency.notes(setup({"namespace": "kube-system"}, {"service_account": "default"}))
    assert system.startswith("kube-system/scorer: Kubernetes reserves namespaces that start with kube-")
    assert default.startswith(
        "anti-fraud/default: in the namespace anti-fraud, every pod that names no service account"
    )


def test_a_perimeter_goes_through_a_service_account_unless_the_setup_says_otherwise() -> None:
    (workload,) = setup({"perimeter": True}).workloads
    assert (workload.via, workload.google_service_account) == ("service-account", "scorer")
    (note,) = consistency.notes(setup({"perimeter": True}))
    assert note == f"anti-fraud/scorer acts as scorer: {PERIMETER}"
    (named,) = setup({"perimeter": True, "google_service_account": "scorer-runner"}).workloads
    assert (named.via, named.google_service_account) == ("service-account", "scorer-runner")
    (problem,) = setups.problems(setup({"perimeter": True, "via": "direct"}))
    assert (problem.where, problem.what) == ("workloads[0].via", PERIMETER)
    assert problem.fix == "write `via: service-account` and `google_service_account: NAME`, or remove `via`"


def test_a_product_without_direct_access_goes_through_a_service_account_where_via_is_not_written() -> None:
    found = setup(grants("roles/run.invoker"), {"service_account": "b"} | grants("roles/spanner.databaseUser"))
    assert [each.via for each in found.workloads] == ["service-account", "direct"]
    assert setups.problems(found) == []
    (note,) = consistency.notes(found)
    assert note.startswith("anti-fraud/scorer acts as scorer: roles/run.invoker: a federated identity cannot invoke")


def test_a_perimeter_between_two_projects_is_thought_of() -> None:
    elsewhere = grants("roles/spanner.databaseUser", "acme-ledger")
    (note,) = consistency.notes(setup(elsewhere))
    assert note.startswith("anti-fraud/scorer on projects/acme-ledger: a VPC Service Controls perimeter")
    through = {"via": "service-account", "google_service_account": "scorer-runner"}
    assert consistency.notes(setup(elsewhere | through)) == []
