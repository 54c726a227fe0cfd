"""A part of the matrix of faults, always the same one. `make doctor-matrix` runs all of it."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.doctor_matrix.matrix import result_of, result_of_configuration, result_of_healthy, result_of_two
from tests.doctor_matrix.sandboxes import place_for, run
from wizard.doctor import catalogue
from wizard.sandbox import scenario as scenarios
from wizard.setup import document
from wizard.setup.problems import BadInput
from wizard.work import faults

SEED, SEVERAL = 11, 5
FIXABLE = [name for name in faults.names() if "\nfixable: plan\n" in faults.text_of(name)]
HEALTHY = Path(__file__).parent / "healthy"

VALID = """\
title: Somebody disabled the provider
mode: aws
scenario: batch-bigquery
break:
- ungrant: {on: $project}
fixable: plan
"""


@pytest.mark.parametrize("name", ["service-account-recreated", *random.Random(SEED).sample(FIXABLE, SEVERAL)])
def test_the_doctor_names_a_fault_alone_and_fixes_it(name: str) -> None:
    result = result_of(name)
    assert not result.wrong
    assert result.fixed == "yes"


@pytest.mark.parametrize(
    "name",
    [
        "environment-with-half-an-aws-key",
        "instance-requires-imdsv2",
        "token-lifetime-too-long",
        "access-boundary-without-the-project",
        "deny-policy-on-impersonation",
        "deny-policy-on-the-project",
        "unified-access-policy-on-the-project",
    ],
)
def test_the_doctor_observes_a_fault_that_no_change_of_the_plan_is_about(name: str) -> None:
    assert not result_of(name).wrong


@pytest.mark.parametrize(
    "name",
    [
        "grants-to-another-role",
        "mapping-without-the-role",
        "eks-another-audience",
        "eks-condition-of-another-namespace",
        "function-role-trusts-tasks-only",
        "provider-of-another-account",
        "service-account-recreated",
        "trust-denied",
        "eks-grants-to-another-namespace",
        "instance-requires-imdsv2",
        "audience-of-a-missing-provider",
        "audience-of-an-oidc-provider",
        "eks-audience-of-a-missing-provider",
        "grants-to-a-session",
        "grants-to-an-unmapped-attribute",
        "impersonation-of-another-account",
        "mapping-of-the-whole-arn",
    ],
)
def test_the_doctor_names_a_fault_from_the_credential_configuration_alone(name: str) -> None:
    assert not result_of_configuration(name).wrong


def test_the_setup_of_a_pod_on_eks_is_found_from_its_credential_configuration_and_its_plan_is_empty() -> None:
    with place_for(faults.load(str(HEALTHY / "pods-on-eks.yaml"))) as place:
        assert run("apply", place.setup, "--yes").code == 0
        answer = run("doctor", place.configuration, "--save", "found.yaml", "--json")
        assert (answer.code, answer.json["broken"]) == (0, False)
        assert any("orders/loader, because IAM policies name this account" in each for each in answer.json["assumed"])
        assert run("plan", "found.yaml").code == 0


@pytest.mark.parametrize("name", ["made-by-hand-in-another-order", "pods-of-a-namespace"])
def test_the_doctor_calls_nothing_broken_in_a_healthy_world(name: str) -> None:
    assert not result_of_healthy(str(HEALTHY / f"{name}.yaml")).wrong


def test_grants_to_wrong_members_beside_the_right_ones_are_notes_from_the_configuration_alone() -> None:
    fault = faults.load(str(HEALTHY / "wrong-grants-beside-the-right-ones.yaml"))
    with place_for(fault) as place:
        assert run("apply", place.setup, "--yes").code == 0
        place.take(fault.steps)
        findings = run("doctor", place.configuration, "--json").json["findings"]
        assert [(each["code"], each["severity"]) for each in findings] == [("WIF0510", "note"), ("WIF0512", "note")]


def test_the_doctor_names_two_faults_at_once_in_the_order_of_the_chain_and_fixes_both() -> None:
    result = result_of_two("trust-for-another-region+provider-disabled")
    assert not result.wrong
    assert result.fixed == "yes"


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is absent")
def test_the_command_that_fixes_old_pods_does_so() -> None:
    fault = faults.load("pods-older-than-their-account")
    with place_for(fault) as place:
        place.take(fault.prepare)
        assert run("apply", place.setup, "--yes", "--accept-loss").code == 0
        place.take(fault.steps)
        (finding,) = [
            each for each in run("doctor", place.setup, "--json").json["findings"] if each["code"] == fault.code
        ]
        subprocess.run(finding["fix"].partition(": ")[2], shell=True, check=True, capture_output=True)
        assert not run("doctor", place.setup, "--json").json["broken"]


def test_there_are_faults_of_both_modes_and_healthy_worlds_of_both() -> None:
    modes = [faults.load(name).mode for name in faults.names()]
    assert modes.count("aws") >= 30
    assert modes.count("gke") >= 30
    healthy = [faults.load(str(path)).mode for path in HEALTHY.glob("*.yaml")]
    assert len(healthy) >= 10
    assert set(healthy) == {"aws", "gke"}


@pytest.mark.parametrize("name", faults.names())
def test_a_fault_fits_its_scenario(name: str) -> None:
    fault = faults.load(name)
    scenario = scenarios.load(fault.scenario)
    assert document.read(faults.setup_text(fault, scenario.setup)).data["mode"] == fault.mode
    assert fault.steps or fault.environment
    for step in (*fault.prepare, *fault.steps):
        faults.filled(step.model_dump(), scenario.names)
    assert not fault.code or fault.code in catalogue.all_rules()
    assert not fault.title.endswith(".")


def test_no_two_faults_have_the_same_title() -> None:
    titles = [faults.load(name).title for name in faults.names()]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "- ungrant: {on: $project}",
            "- remove: everything",
            "break.0: each step needs one of these keys: call, aws, grant",
        ),
        ("{on: $project}", "{from: $project}", "break.0.ungrant.ungrant.on: Field required"),
        ("mode: aws", "mode: azure", "mode: Value error, the mode does not exist: use one of these modes: aws, gke"),
        ("title: Somebody", "title: [Somebody", "is not valid YAML"),
        ("- ungrant: {on: $project}", "- call: GET https://acme.example/", "break.0.call.call: String should match"),
    ],
)
def test_a_fault_that_is_not_valid_has_one_clear_error(old: str, new: str, problem: str) -> None:
    assert faults.parse("mine", VALID)
    with pytest.raises(BadInput) as raised:
        faults.parse("mine", VALID.replace(old, new))
    assert "the fault mine" in str(raised.value)
    assert problem in str(raised.value)


def test_a_fault_that_names_what_the_scenario_does_not_have_is_refused() -> None:
    with pytest.raises(BadInput, match="no name for"):
        faults.filled({"on": "$cluster"}, {"project": "projects/acme-analytics"})


def test_a_merge_removes_values_and_keeps_the_others() -> None:
    assert faults.merged({"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": None}, "d": [2]}) == {"a": {"c": 2}, "d": [2]}
