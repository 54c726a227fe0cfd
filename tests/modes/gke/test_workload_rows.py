"""Rows of what runs: what shares a default is offered service accounts of its own."""

from dataclasses import dataclass

from wizard.clouds.controllers import Controller
from wizard.modes.gke.chosen import Chosen
from wizard.modes.gke.workload_rows import Row, known, rows


@dataclass(frozen=True)
class Uses:
    """A deployment, or something else that has pods made."""

    namespace: str
    name: str
    service_account: str
    kind: str = "Deployment"

    @property
    def controller(self) -> Controller:
        """Its kind and name."""
        return Controller(self.kind, self.name)


def named(*names: str) -> tuple[Controller, ...]:
    """Deployments."""
    return tuple(Controller("Deployment", name) for name in names)


RULES, SCORER = Uses("anti-fraud", "rules", "default"), Uses("anti-fraud", "scorer", "default")
API, WORKER = Uses("checkout", "api", "checkout"), Uses("checkout", "worker", "checkout")


def test_deployments_on_default_are_offered_one_of_their_own_each() -> None:
    found = rows([("anti-fraud", "default")], [RULES, SCORER], (), ())
    assert found == [
        Row("anti-fraud", "rules", named("rules"), "default"),
        Row("anti-fraud", "scorer", named("scorer"), "default"),
    ]
    assert all(row.replaces for row in found)


def test_a_default_that_stays_is_one_row_with_all_its_deployments() -> None:
    (row,) = rows([], [RULES, SCORER], (), ["anti-fraud"])
    assert row == Row("anti-fraud", "default", named("rules", "scorer"), "default")
    assert not row.replaces


def test_deployments_that_share_a_service_account_are_one_row() -> None:
    assert rows([("checkout", "checkout")], [API, WORKER], (), ()) == [
        Row("checkout", "checkout", named("api", "worker"), "checkout")
    ]


def test_what_is_unused_or_typed_comes_after_what_is_used() -> None:
    found = rows([("checkout", "old"), ("checkout", "default")], [API], [Chosen("checkout", "new")], ())
    assert [row.service_account for row in found] == ["checkout", "new", "old"]


def test_a_deployment_named_like_a_service_account_of_others_joins_them() -> None:
    found = rows([], [Uses("a", "api", "web"), Uses("a", "web", "default")], (), ())
    assert [(row.title, row.controllers) for row in found] == [("a/web", named("api", "web"))]


def test_what_has_one_name_and_is_of_two_kinds_is_one_row() -> None:
    nightly = Uses("anti-fraud", "scorer", "default", "CronJob")
    (row,) = rows([], [nightly, SCORER], (), ())
    assert row == Row("anti-fraud", "scorer", (nightly.controller, SCORER.controller), "default")


def test_chosen_workloads_learn_what_is_to_use_them() -> None:
    before = (Chosen("anti-fraud", "scorer", access={"access.via": "direct"}), Chosen("x", "y", named("kept")))
    after = known(before, rows([], [SCORER], before, ()))
    assert after[0] == Chosen("anti-fraud", "scorer", named("scorer"), "default", {"access.via": "direct"})
    assert after[1] == before[1]
