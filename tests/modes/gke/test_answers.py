"""Answers about workloads on GKE: each workload has its own, and together they make the setup."""

from dataclasses import replace

import pytest

from tests.setups import answers as no_answers
from tests.setups import answers_of, loads
from wizard.modes.gke.chosen import ActsAs, Chosen
from wizard.modes.gke.limits import PERIMETER
from wizard.modes.gke.model import GkeSetup
from wizard.modes.gke.workload_answers import GkeAnswers
from wizard.modes.mode import table
from wizard.setup import replacing
from wizard.setup.load import dump
from wizard.setup.problems import SetupError
from wizard.setup.question import Found
from wizard.setup.replacing import HeldRoles, KeyFound, Replaced

SCORER, CHECKOUT = Chosen("anti-fraud", "scorer"), Chosen("checkout", "checkout")
GSA = "scorer-runner@acme-payments.iam.gserviceaccount.com"
ROLES = ("roles/spanner.databaseUser",)
HOLDER, HELD = (
    Replaced("legacy@acme-payments.iam.gserviceaccount.com", "acme-payments"),
    HeldRoles(("roles/bigquery.jobUser", "roles/editor")),
)


def answers(*workloads: Chosen) -> GkeAnswers:
    """Answers about a cluster, and about no workload yet."""
    found = no_answers(name="gke")
    assert isinstance(found, GkeAnswers)
    found.set("google.project", "acme-payments")
    found.set("gke.cluster", "payments")
    found.set("gke.location", "asia-northeast1")
    found.workloads = workloads
    return found


def test_the_answers_of_a_setup_make_it_again() -> None:
    assert answers_of(GkeSetup.example()).to_setup() == GkeSetup.example()


def test_further_grants_and_the_probe_of_a_file_are_kept() -> None:
    text = dump(GkeSetup.example()).replace(
        "workloads:",
        "probe: {image: registry.acme.example/python}\nworkloads:",
    )
    text += "  - on: projects/acme-logs\n    roles: [roles/logging.logWriter]\n"
    setup = loads(text)
    found = answers_of(setup)
    assert found.to_setup() == setup
    assert found.roles() == ("roles/spanner.databaseUser", "roles/logging.logWriter")


def test_each_workload_has_answers_of_its_own() -> None:
    whole = answers(SCORER, CHECKOUT)
    whole.of(0).set("access.roles", ROLES)
    assert whole.of(0).get("access.roles") == ROLES
    assert whole.of(1).get("access.roles") is None
    assert whole.of(1).missing("gke-access") == [
        ("access.roles", "you have not chosen a role; choose at least one role")
    ]
    whole.of(1).set("access.roles", ("roles/run.invoker",))
    setup = whole.to_setup()
    assert isinstance(setup, GkeSetup)
    assert [each.via for each in setup.workloads] == ["direct", "service-account"]
    assert setup.workloads[1].google_service_account == "checkout"
    whole.of(1).clear("access.roles")
    assert whole.workloads[1] == CHECKOUT


def test_an_answer_about_all_is_written_for_all() -> None:
    whole = answers(SCORER)
    whole.of(0).set("google.project", "acme-other")
    assert whole.text("google.project") == "acme-other"
    assert whole.of(0).text("access.on") == "acme-other"


def test_a_perimeter_decides_unless_the_operator_has() -> None:
    one = answers(SCORER).of(0)
    one.set("access.roles", ROLES)
    assert one.found("access.via") == Found("direct", "recommended: no service account to maintain", recommended=True)
    one.set("access.perimeter", True)
    found = one.found("access.via")
    assert found and found.value == "service-account" and PERIMETER in found.source
    one.set("access.via", "direct")
    assert [path for path, _ in one.missing("gke-access")] == ["access.via"]


def test_a_perimeter_is_kept_in_the_setup_and_read_from_it() -> None:
    whole = answers(SCORER)
    whole.of(0).set("access.roles", ROLES)
    whole.of(0).set("access.perimeter", True)
    setup = whole.to_setup()
    assert isinstance(setup, GkeSetup)
    assert (setup.workloads[0].perimeter, setup.workloads[0].via) == (True, "service-account")
    again = answers_of(loads(dump(setup)))
    assert again.of(0).get("access.perimeter") is True
    assert again.to_setup() == setup


@pytest.mark.parametrize(
    ("exists", "via", "account", "said"),
    [
        (True, "service-account", GSA, f"the workload's annotation names {GSA}, and the pods act as that account now"),
        (None, "service-account", GSA, "could not check whether the account exists"),
        (
            False,
            "direct",
            "scorer",
            f"the workload's annotation names {GSA}, which does not exist; the wizard will remove the annotation",
        ),
    ],
)
def test_what_a_workload_acts_as_now_is_proposed_if_it_exists(
    exists: bool | None, via: str, account: str, said: str
) -> None:
    one = answers(replace(SCORER, acts_as=ActsAs(GSA, exists))).of(0)
    one.set("access.roles", ROLES)
    found, named = one.found("access.via"), one.found("access.service_account")
    assert found and found.value == via and said in found.source
    assert named and named.value == account
    one.set("access.via", "direct")
    assert one.missing("gke-access") == []


def test_a_product_is_a_better_reason_than_an_annotation() -> None:
    one = answers(replace(SCORER, acts_as=ActsAs(GSA, False))).of(0)
    one.set("access.roles", ("roles/run.invoker",))
    found = one.found("access.via")
    assert found and found.value == "service-account" and "ID token" in found.source
    assert one.text("access.service_account") == "scorer"


def test_questions_of_the_other_mode_are_not_asked() -> None:
    whole = answers(SCORER)
    for ask in (whole.get, whole.found, whole.question):
        with pytest.raises(KeyError):
            ask("aws.region")
    with pytest.raises(KeyError):
        whole.set("aws.region", "ap-northeast-1")
    with pytest.raises(KeyError):
        whole.get("no.such")


def test_every_problem_of_incomplete_answers_is_told() -> None:
    with pytest.raises(SetupError) as told:
        no_answers(name="gke").to_setup()
    assert {each.where for each in told.value.problems} >= {"google.project", "gke.cluster", "gke.location"}


def test_no_page_asks_in_both_modes() -> None:
    pages = [{each.page for each in mode.questions} for mode in table().values()]
    assert not pages[0] & pages[1]


def test_each_workload_replaces_an_account_of_its_own() -> None:
    whole = answers_of(GkeSetup.example())
    assert isinstance(whole, GkeAnswers)
    whole.workloads = (*whole.workloads, whole.workloads[0].answered("access.roles", None))
    whole.of(1).clear("access.roles")
    replacing.see_key(whole.of(1), KeyFound("the pods have a service account key, from Secret key", "legacy"))
    replacing.see_roles(whole.of(1), HOLDER, HELD)
    assert not whole.of(0).question("access.replaces").shown(whole.of(0))
    assert whole.of(0).found("access.roles") is None
    assert whole.of(1).get("access.roles") == ("roles/bigquery.jobUser",)
    workloads = whole.mode.data(whole)["workloads"]  # type: ignore[attr-defined]
    assert [workload.get("replaces") for workload in workloads] == [None, "legacy"]
