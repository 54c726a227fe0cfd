"""Setup files of workloads on GKE: what is read, what is written, and everything wrong with one told at once."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.setups import json_schema, load, loads
from wizard.modes.gke.model import GkeSetup
from wizard.setup.load import Setup, dump
from wizard.setup.problems import SetupError, SetupProblem

GOOD = """\
version: 1
mode: gke
google: {project: acme-payments}
gke:    {cluster: payments, location: asia-northeast1, node_pools: [default-pool]}
workloads:
- {namespace: anti-fraud, service_account: scorer, via: service-account, google_service_account: scorer-runner,
   grants: [{on: projects/acme-payments, roles: [roles/spanner.databaseUser]}]}
- namespace: checkout
  service_account: api
  grants: [{on: projects/acme-payments, roles: [roles/spanner.databaseUser, roles/pubsub.publisher]}]
"""


def gke(setup: Setup) -> GkeSetup:
    assert isinstance(setup, GkeSetup)
    return setup


def problems(text: str) -> list[SetupProblem]:
    with pytest.raises(SetupError) as refused:
        loads(text)
    return refused.value.problems


def test_the_documented_setup_is_read(tmp_path: Path) -> None:
    file = tmp_path / "setup.yaml"
    file.write_text(GOOD)
    setup = gke(load(file))
    assert setup.cluster_name.name == "projects/acme-payments/locations/asia-northeast1/clusters/payments"
    assert setup.gke.node_pools == ("default-pool",)
    scorer, api = setup.workloads
    assert (scorer.title, api.title) == ("anti-fraud/scorer", "checkout/api")
    assert setup.service_account_email(scorer) == "scorer-runner@acme-payments.iam.gserviceaccount.com"
    assert (api.via, setup.service_account_email(api)) == ("direct", None)


def test_a_google_service_account_may_live_in_another_project() -> None:
    email = "scorer@acme-identity.iam.gserviceaccount.com"
    setup = gke(loads(GOOD.replace("scorer-runner", email)))
    assert setup.service_account_email(setup.workloads[0]) == email
    assert setup.service_account_project(setup.workloads[0]) == "acme-identity"


def test_an_autopilot_cluster_has_no_node_pools_to_name() -> None:
    assert gke(loads(GOOD.replace(", node_pools: [default-pool]", ""))).gke.node_pools == ()


def test_the_mode_is_missed_by_its_own_name() -> None:
    (problem,) = problems(GOOD.replace("mode: gke\n", ""))
    assert (problem.where, problem.fix) == ("mode", "add mode: gke")


def test_every_problem_is_told_at_once_in_the_order_of_lines() -> None:
    text = """\
version: 1
mode: gke
google: {project: 210987654321}
gke:
  cluster: gke_acme-payments_asia-northeast1_payments
  location: ap-northeast-1
  node_pools: [default-pool, Batch, default-pool]
  zone: a
workloads:
- namespace: Anti_Fraud
  service_account: anti-fraud/scorer
  grants: []
- namespace: checkout
  service_account: api@acme-payments.iam.gserviceaccount.com
  via: service-account
  grants: [{on: projects/acme-payments, roles: [spanner.databaseUser]}]
- {namespace: reporting, service_account: nightly, grants: []}
- namespace: reporting
  service_account: nightly
  grants: []
prob: {}
"""
    assert [(problem.line, problem.where) for problem in problems(text)] == [
        (3, "google.project"),
        (5, "gke.cluster"),
        (6, "gke.location"),
        (7, "gke.node_pools[1]"),
        (8, "gke.zone"),
        (10, "workloads[0].namespace"),
        (11, "workloads[0].service_account"),
        (13, "workloads[1].google_service_account"),
        (14, "workloads[1].service_account"),
        (16, "workloads[1].grants[0].roles[0]"),
        (18, "workloads[3]"),
        (21, "prob"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "where", "what", "fix"),
    [
        ("cluster: payments", "cluster: a/b/payments", "gke.cluster", "not a valid cluster name", "only: payments"),
        ("cluster: payments", "cluster: " + "p" * 41, "gke.cluster", "not a valid cluster name", "up to 40"),
        ("asia-northeast1,", "ap-northeast-1,", "gke.location", "an AWS region", "a Google Cloud region"),
        ("[default-pool]", "[a, a]", "gke.node_pools", "more than once", "each node pool only once"),
        ("namespace: checkout", "namespace: check_out", "workloads[1].namespace", "not a valid namespace", "DNS label"),
        ("namespace: checkout", "namespace: 12", "workloads[1].namespace", "has no quotes", 'write "12"'),
        (
            "service_account: api",
            "service_account: true",
            "workloads[1].service_account",
            "does not read true as a string",
            'write "true"',
        ),
        ("service_account: api", "service_account: -api", "workloads[1].service_account", "not a valid", "DNS label"),
        (
            "service_account: api",
            "service_account: x/api",
            "workloads[1].service_account",
            "contains the namespace",
            "api",
        ),
        (
            "service_account: api",
            "service_account: api@acme-payments.iam.gserviceaccount.com",
            "workloads[1].service_account",
            "is a Google service account",
            "google_service_account",
        ),
        (
            "via: service-account, google_service_account: scorer-runner",
            "via: service-account",
            "workloads[0].google_service_account",
            "the setup does not name the account",
            "google_service_account: NAME",
        ),
        ("via: service-account,", "", "workloads[0].google_service_account", "access is direct", "via:"),
        ("via: service-account,", "perimeter: maybe,", "workloads[0].perimeter", "", "true or false"),
        ("  service_account: api\n", "", "workloads[1].service_account", "missing", "service_account: scorer"),
        (
            "  service_account: api\n",
            "  account: api\n",
            "workloads[1].account",
            "not a valid setup key",
            "service_account",
        ),
    ],
)
def test_one_problem_says_what_and_how_to_mend_it(old: str, new: str, where: str, what: str, fix: str) -> None:
    assert old in GOOD
    (problem,) = [each for each in problems(GOOD.replace(old, new)) if each.where == where]
    assert what in problem.what
    assert fix in problem.fix


def test_a_setup_without_workloads_is_none() -> None:
    text = GOOD.partition("workloads:")[0]
    assert [problem.where for problem in problems(text)] == ["workloads"]
    assert [problem.where for problem in problems(text + "workloads: []\n")] == ["workloads"]


def test_one_kubernetes_service_account_acts_as_one_google_service_account() -> None:
    twice = (
        GOOD
        + """\
- namespace: anti-fraud
  service_account: scorer
  via: service-account
  google_service_account: another
  grants: []
"""
    )
    (problem,) = problems(twice)
    assert (problem.where, problem.line) == ("workloads[2]", 11)
    assert "anti-fraud/scorer cannot act as two identities: scorer-runner (workloads[0]) and another" in problem.what


def test_the_same_name_in_two_namespaces_is_two_workloads() -> None:
    assert len(gke(loads(GOOD.replace("service_account: api", "service_account: scorer"))).workloads) == 2


labels = st.one_of(
    st.sampled_from(["on", "no", "y", "yes", "null", "true", "off", "1", "007", "1e3", "0x1f", "12e03"]),
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True),
)


@st.composite
def setups(draw: st.DrawFn) -> GkeSetup:
    data = GkeSetup.example().model_dump(mode="json")
    who = draw(st.lists(st.tuples(labels, labels), min_size=1, max_size=3, unique=True))
    grants = data["workloads"][0]["grants"]
    data["workloads"] = [{"namespace": ns, "service_account": name, "grants": grants} for ns, name in who]
    data["gke"]["cluster"] = draw(st.from_regex(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True))
    data["gke"]["node_pools"] = draw(st.sampled_from([[], ["no"], ["y", "default-pool"]]))
    return GkeSetup.model_validate(data)


@given(setups())
def test_a_setup_reads_back_as_it_was_in_every_yaml(setup: GkeSetup) -> None:
    """Names that a reader of YAML takes for booleans or numbers are quoted."""
    text = dump(setup)
    assert loads(text) == setup
    assert GkeSetup.model_validate(yaml.safe_load(text)) == setup


def test_the_schema_names_what_a_setup_needs() -> None:
    required = json_schema()["$defs"]["GkeSetup"]["required"]
    assert set(required) == {"version", "mode", "google", "gke", "workloads"}


@pytest.mark.parametrize(
    ("cluster", "how"),
    [
        (
            "cluster: c, ",
            "add workloads, a list in which each item has these keys: namespace, service_account, grants",
        ),
        ("", "add cluster: payments"),
    ],
)
def test_a_missing_key_is_answered_with_what_to_add(cluster: str, how: str) -> None:
    with pytest.raises(SetupError) as refused:
        loads(f"version: 1\nmode: gke\ngoogle: {{project: p-acme}}\ngke: {{{cluster}location: us-east1}}\n")
    assert how in {problem.fix for problem in refused.value.problems}
