"""Several setups, or a folder of setups, in one command: what they share is read once."""

import shlex
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import SETUP, World
from tests.commands.schemas import checked

TEN = range(10)


def folder(world: World, *texts: str) -> str:
    """A folder with a setup for each text; its name, which the commands find from the world's folder."""
    (world.folder / "setups").mkdir()
    for index, text in enumerate(texts):
        (world.folder / "setups" / f"{index}.yaml").write_text(text, encoding="utf-8")
    return "setups"


def setup(role: str) -> str:
    """A setup of its own role and credential configuration, on the pool and the provider of all."""
    return SETUP.replace("rds-to-bigquery", role).replace("clientLibraryConfig-aws-provider", role)


def calls(requests: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """How often each thing was asked for."""
    return Counter((each["service"], each.get("path") or each.get("action") or "") for each in requests)


@pytest.fixture
def here(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world, whose folder is the working directory."""
    monkeypatch.chdir(world.folder)
    return world


def test_a_plan_of_ten_setups_reads_what_they_share_once(here: World) -> None:
    setups = folder(here, *(setup(f"load-{index}") for index in TEN))
    before = len(here.requests())
    assert here.wif("plan", f"{setups}/0.yaml").code == 2
    alone = here.requests()[before:]
    answer = here.wif("plan", setups)
    together = here.requests()[before + len(alone) :]
    assert answer.code == 2
    assert answer.out.count("in place, ") == 10
    assert (
        "! 10 setups change the workload identity pool provider aws-111122223333 in aws-prod (condition)" in answer.out
    )
    asked = calls(together)
    assert asked.pop(("iam", "GetRole")) == 10  # each setup has a role of its own
    assert set(asked.values()) == {1}
    assert len(together) <= 10 + len(alone)
    assert [each for each in together if each["kind"] == "write"] == []


def test_a_setup_that_cannot_be_read_is_a_row_and_the_others_are_planned(here: World) -> None:
    setups = folder(here, setup("good"), setup("bad").replace("ap-northeast-1", "tokyo"), setup("fine"))
    (here.folder / "setups" / "deploy.yaml").write_text("apiVersion: v1\nkind: Service\n", encoding="utf-8")
    answer = here.wif("plan", setups, "missing.yaml", "--json")
    plans = checked("plan", answer.out)
    assert answer.code == 64  # the worst of 2 and 64
    assert [(each["file"], bool(each["plan"])) for each in plans["setups"]] == [
        ("setups/0.yaml", True),
        ("setups/1.yaml", False),
        ("setups/2.yaml", True),
        ("missing.yaml", False),
    ]
    assert plans["setups"][1]["error"]["problems"][0]["line"] == 3
    assert plans["notes"] == [
        "The wizard skipped setups/deploy.yaml, which is not a setup: the file contains a Kubernetes manifest."
    ]
    lines = answer.err.splitlines()
    assert "setups/1.yaml  not a valid setup: 1 problem" in lines
    assert "setups/2.yaml  resources: 0 in place, 6 to change" in lines


def test_a_contradiction_between_setups_is_said_by_the_plan(here: World) -> None:
    first = setup("one")
    second = setup("one").replace("via: direct", "via: service-account\n  service_account: bq-loader")
    answer = here.wif("plan", folder(here, first, second))
    assert answer.code == 1
    assert "setups/0.yaml and setups/1.yaml contradict each other" in answer.out
    assert "credential configuration one.json" in answer.out


def test_the_credentials_of_a_workload_are_not_the_operators_for_any_setup(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    setups = folder(here, setup("one"), setup("two"))
    config = Path(setups, "two.json")
    config.write_text("{}", encoding="utf-8")
    monkeypatch.delenv("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", raising=False)
    monkeypatch.delenv("CLOUDSDK_AUTH_ACCESS_TOKEN", raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(config))
    before = len(here.requests())
    answer = here.wif("plan", setups)
    assert answer.code == 1
    assert answer.out.count("which contains the workload's credentials, not yours") == 1
    assert "setups/0.yaml, setups/1.yaml:" in answer.out.splitlines()  # said once for both
    assert [each for each in here.requests()[before:] if "googleapis" in each["service"]] == []


def test_several_setups_are_tested_side_by_side_and_one_that_cannot_be_is_a_row(
    here: World,
) -> None:
    setups = folder(here, setup("tested-one"), setup("tested-two"), setup("not-applied"))
    for file in ("setups/0.yaml", "setups/1.yaml"):
        assert here.wif("apply", file, "--yes").code == 0
    before = len(here.requests())
    answer = here.wif("test", setups, "--from", "here", "--yes", "--json", "--junit", "report.xml")
    asked = calls(here.requests()[before:])
    tests = checked("test", answer.out)
    assert answer.code == 64
    assert [(each["file"], each["test"] and each["test"]["passed"]) for each in tests["setups"]] == [
        ("setups/0.yaml", True),
        ("setups/1.yaml", True),
        ("setups/2.yaml", None),
    ]
    assert not tests["passed"]
    assert "setups/2.yaml  the setup is not usable: see the message below" in answer.err.splitlines()
    pool = "/v1/projects/123456789012/locations/global/workloadIdentityPools/aws-prod"
    assert {asked["iam.googleapis.com", f"{pool}{path}"] for path in ("", "/providers/aws-111122223333")} == {1}
    assert asked["cloudresourcemanager.googleapis.com", "/v1/projects/acme-analytics:getIamPolicy"] == 1
    assert asked["sts.googleapis.com", "/v1/token"] == 4  # two for each workload
    suites = ElementTree.fromstring(Path("report.xml").read_text(encoding="utf-8"))
    assert [(each.get("name"), each.get("errors")) for each in suites] == [
        ("setups/0.yaml", "0"),
        ("setups/1.yaml", "0"),
        ("setups/2.yaml", "1"),
    ]
    assert suites.get("errors") == "1"
    assert asked["iam", "UpdateAssumeRolePolicy"] == 4  # a statement for each test, which is removed


@pytest.mark.parametrize("option", [("--role", "arn:aws:iam::111122223333:role/x"), ("--from-output", "out.txt")])
def test_options_for_one_setup_are_refused_with_several(here: World, option: tuple[str, str]) -> None:
    answer = here.wif("test", "a.yaml", "b.yaml", *option)
    assert answer.code == 64
    assert f"{option[0]} works with only one setup" in answer.err


def test_the_doctor_names_the_cause_of_each_setup_in_one_table(here: World) -> None:
    setups = folder(here, setup("healthy"), setup("broken-one"), setup("broken-two"), "mode: aws\n")
    assert here.wif("apply", "setups/0.yaml", "--yes").code == 0
    before = len(here.requests())
    answer = here.wif("doctor", setups, "--json")
    requests = here.requests()[before:]
    found = checked("doctor", answer.out)
    assert answer.code == 64
    assert [each["diagnosis"] and each["diagnosis"]["broken"] for each in found["setups"]] == [False, True, True, None]
    assert {
        "setups/1.yaml  broken: WIF0207; other findings: 2",
        "setups/0.yaml  no faults found; checks that could not run: 1",
    } <= set(answer.err.splitlines())
    asked = calls(requests)
    assert asked.pop(("iam", "GetRole")) == 3
    assert set(asked.values()) == {1}
    assert [each for each in requests if each["kind"] == "write"] == []
    verbose = here.wif("doctor", "setups/0.yaml", "setups/1.yaml", "--verbose")
    assert (verbose.code, verbose.out.count("Cause: WIF0207")) == (1, 1)
    assert here.wif("doctor", setups, "--fix").code == 64


def test_setups_are_applied_one_after_another_until_one_fails_and_the_printed_command_goes_on(here: World) -> None:
    texts = [setup(f"applied-{index}") for index in range(3)]
    wrong = texts[1].replace("bigquery.dataEditor", "bigquery.dataWriter")
    setups = folder(here, texts[0], wrong, texts[2])
    stopped = here.wif("apply", setups, "--yes", "--json")
    lines = [checked("apply", line) for line in stopped.out.splitlines()]
    assert stopped.code == 1
    assert [each["file"] for each in lines if each.get("event") == "setup"] == ["setups/0.yaml", "setups/1.yaml"]
    assert [each["outcome"] for each in lines if each.get("event") == "result"] == ["done"]
    last = lines[-1]
    assert (last["done"], last["stopped"], last["not_begun"]) == (["setups/0.yaml"], "setups/1.yaml", ["setups/2.yaml"])
    assert "roles/bigquery.dataWriter" in last["error"]["message"]
    assert here.wif("plan", "setups/2.yaml").code == 2
    Path("setups/1.yaml").write_text(texts[1], encoding="utf-8")
    (command,) = [line for line in stopped.err.splitlines() if line.startswith("To continue")]
    goes_on = shlex.split(command.partition("run: ")[2])
    assert goes_on == ["wif-wizard", "apply", "setups/1.yaml", "setups/2.yaml", "--yes"]
    again = here.wif(*goes_on[1:])
    assert (again.code, again.out.splitlines()[-1]) == (0, "The wizard applied 2 setups.")
    assert here.wif("plan", setups).code == 0
    titles = [each["title"] for each in here.wif("runs", "--json").json["runs"]]
    assert [title.split()[3] for title in titles] == ["applied-2", "applied-1", "applied-0"]


def test_nothing_is_written_if_a_setup_is_not_valid_or_if_setups_contradict_each_other(here: World) -> None:
    other = setup("same").replace("via: direct", "via: service-account\n  service_account: bq-loader")
    setups = folder(here, setup("same"), other)
    before = len(here.writes())
    contradicting = here.wif("apply", setups, "--yes")
    assert (contradicting.code, "contradict each other" in contradicting.err) == (1, True)
    invalid = here.wif("apply", "setups/0.yaml", "missing.yaml", "--yes", "--json")
    assert (invalid.code, checked("apply", invalid.out)["not_begun"]) == (64, ["setups/0.yaml"])
    Path("setups/1.yaml").unlink()
    unconfirmed = here.wif("apply", setups)
    assert (unconfirmed.code, "cannot ask for confirmation: no terminal" in unconfirmed.err) == (64, True)
    assert len(here.writes()) == before
